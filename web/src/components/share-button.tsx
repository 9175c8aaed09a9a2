import { useState } from "preact/hooks";
import type { PhotoSource } from "../api/classify-photo.ts";
import { useLanguage } from "../i18n/language.ts";

/** Hands the answer and the photo to another app. Nothing in browsers that cannot share. */
export function ShareButton(props: { readonly source: PhotoSource; readonly text: string }) {
  const { t } = useLanguage();
  const [failed, setFailed] = useState(false);
  if (!navigator.share) return null;
  const share = async () => {
    setFailed(false);
    try {
      await navigator.share(toShareData(props.source, props.text));
    } catch (error) {
      // Visitors may change their minds.
      setFailed((error as Error).name !== "AbortError");
    }
  };
  return (
    <>
      <button type="button" onClick={share}>
        {t.share}
      </button>
      {failed && <p role="alert">{t.shareFailed}</p>}
    </>
  );
}

/** The photo as a file or an address, if the browser can share it, and the answer as text. */
function toShareData(source: PhotoSource, text: string): ShareData {
  const data = { title: "resnet-edge", text };
  if (source.kind === "URL") return { ...data, url: source.url };
  // Photos of folders have their path as a name.
  const name = source.name.split("/").at(-1) ?? source.name;
  const files = [new File([source.file], name, { type: source.file.type })];
  return navigator.canShare?.({ files }) ? { ...data, files } : data;
}
