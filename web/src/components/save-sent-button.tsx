import type { PhotoSource } from "../api/classify-photo.ts";
import { useLanguage } from "../i18n/language.ts";
import { saveBlob } from "../save-file.ts";

/** Downloads the bytes that were sent, which a receipt and the code are about. Nothing for a photo given by URL. */
export function SaveSentButton({ source }: { readonly source: PhotoSource }) {
  const { t } = useLanguage();
  if (source.kind === "URL") return null;
  return (
    <button type="button" onClick={() => saveBlob(source.name, source.file)}>
      {t.saveSent}
    </button>
  );
}
