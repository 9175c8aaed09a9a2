import { useEffect, useRef, useState } from "preact/hooks";
import catUrl from "../../../examples/cat.jpg?url";
import espressoUrl from "../../../examples/espresso.jpg?url";
import rocketUrl from "../../../examples/rocket.jpg?url";
import { ACCEPTED_FILES } from "../accepted-files.ts";
import type { PhotoSource } from "../api/classify-photo.ts";
import { useLanguage } from "../i18n/language.ts";
import { CameraDialog } from "./camera-dialog.tsx";

const EXAMPLES = [
  { name: "cat", url: catUrl },
  { name: "espresso", url: espressoUrl },
  { name: "rocket", url: rocketUrl },
] as const;

/** All ways to give a photo: drop, paste, choose, camera, URL, example. */
export function PhotoInput({ onPhoto }: { readonly onPhoto: (source: PhotoSource) => void }) {
  const { t } = useLanguage();
  const picker = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [camera, setCamera] = useState(false);
  const [url, setUrl] = useState("");
  const giveFile = (file: Blob | null | undefined, name = "photo.jpg") => {
    if (file) onPhoto({ kind: "FILE", file, name: file instanceof File ? file.name : name });
  };

  useEffect(() => {
    const paste = (event: ClipboardEvent) => giveFile(event.clipboardData?.files[0]);
    document.addEventListener("paste", paste);
    return () => document.removeEventListener("paste", paste);
  });

  return (
    <section class="input" aria-label={t.pick}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is one of several ways; the buttons inside are the accessible ones. */}
      <div
        class={over ? "drop over" : "drop"}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          giveFile(event.dataTransfer?.files[0]);
        }}
      >
        <p>{t.drop}</p>
        <div class="row">
          <button type="button" class="primary" onClick={() => picker.current?.click()}>
            {t.pick}
          </button>
          <button type="button" onClick={() => setCamera(true)}>
            {t.camera}
          </button>
        </div>
        <input
          ref={picker}
          type="file"
          accept={ACCEPTED_FILES}
          hidden
          onChange={({ currentTarget }) => {
            giveFile(currentTarget.files?.[0]);
            // Otherwise choosing the same file again would be no change.
            currentTarget.value = "";
          }}
        />
      </div>
      <form
        class="row"
        onSubmit={(event) => {
          event.preventDefault();
          if (url.trim()) onPhoto({ kind: "URL", url: url.trim() });
        }}
      >
        <input
          type="url"
          aria-label={t.urlLabel}
          placeholder={t.urlPlaceholder}
          value={url}
          onInput={({ currentTarget }) => setUrl(currentTarget.value)}
        />
        <button type="submit">{t.urlGo}</button>
      </form>
      <p id="examples">{t.examples}</p>
      <ul class="examples" aria-labelledby="examples">
        {EXAMPLES.map((example) => (
          <li key={example.name}>
            <button
              type="button"
              onClick={async () =>
                giveFile(await (await fetch(example.url)).blob(), `${example.name}.jpg`)
              }
            >
              <img src={example.url} alt={t.exampleNames[example.name]} width="96" height="96" />
            </button>
          </li>
        ))}
      </ul>
      {camera && (
        <CameraDialog
          onClose={() => setCamera(false)}
          onPhoto={(photo) => {
            setCamera(false);
            giveFile(photo, "camera.jpg");
          }}
        />
      )}
    </section>
  );
}
