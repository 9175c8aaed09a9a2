import { useEffect, useRef, useState } from "preact/hooks";
import { ACCEPTED_FILES } from "../accepted-files.ts";
import type { PhotoSource } from "../api/classify-photo.ts";
import { readTransfer, toPhotos, toVisiblePhotos } from "../given-photos.ts";
import { useLanguage } from "../i18n/language.ts";
import { toPhotoSource } from "../photo-address.ts";
import { CameraDialog } from "./camera-dialog.tsx";
import { ExamplePhotos } from "./example-photos.tsx";

/** Id of the file picker, which other parts of the page open too. */
const PICKER_ID = "photo-file";

/** Makes a file picker choose a folder; the types of Preact lack it. */
const WHOLE_FOLDER = { webkitdirectory: true };
/** Browsers of some phones cannot do that. */
const PICKS_FOLDERS = "webkitdirectory" in HTMLInputElement.prototype;

/** Opens the file picker. It must be called during a click. */
export function openPicker(): void {
  document.querySelector<HTMLInputElement>(`#${PICKER_ID}`)?.click();
}

/** All ways to give photos: drop, paste, choose, camera, URL, example. */
export function PhotoInput(props: { readonly onPhotos: (photos: readonly PhotoSource[]) => void }) {
  const { t } = useLanguage();
  const [over, setOver] = useState(false);
  const [camera, setCamera] = useState(false);
  const [url, setUrl] = useState("");
  const [problem, setProblem] = useState("");
  const folderPicker = useRef<HTMLInputElement>(null);
  const latest = useRef(props.onPhotos);
  latest.current = props.onPhotos;
  const give = (photos: readonly PhotoSource[], otherwise = t.nothingDropped) => {
    setProblem(photos.length === 0 ? otherwise : "");
    if (photos.length > 0) latest.current(photos);
  };

  useEffect(() => {
    const paste = async (event: ClipboardEvent) => {
      // A text field takes what is pasted into it.
      const isField = event.target instanceof HTMLInputElement;
      if (!event.clipboardData || (isField && event.clipboardData.files.length === 0)) return;
      give(await readTransfer(event.clipboardData));
    };
    const dragOver = (event: DragEvent) => {
      // Otherwise the browser would leave the page to show the file.
      event.preventDefault();
      setOver(true);
    };
    const dragLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = async (event: DragEvent) => {
      event.preventDefault();
      setOver(false);
      if (event.dataTransfer) give(await readTransfer(event.dataTransfer));
    };
    const controller = new AbortController();
    const { signal } = controller;
    document.addEventListener("paste", paste, { signal });
    window.addEventListener("dragover", dragOver, { signal });
    window.addEventListener("dragleave", dragLeave, { signal });
    window.addEventListener("drop", drop, { signal });
    return () => controller.abort();
  }, [t]);

  return (
    <section class="input" aria-label={t.pick}>
      <div class={over ? "drop over" : "drop"}>
        <p>{t.drop}</p>
        <div class="row">
          <button type="button" class="primary" onClick={openPicker}>
            {t.pick}
          </button>
          {PICKS_FOLDERS && (
            <button
              type="button"
              aria-label={t.pickFolder}
              onClick={() => folderPicker.current?.click()}
            >
              {t.folder}
            </button>
          )}
          <button type="button" aria-label={t.useCamera} onClick={() => setCamera(true)}>
            {t.camera}
          </button>
        </div>
        <input
          id={PICKER_ID}
          type="file"
          accept={ACCEPTED_FILES}
          multiple
          hidden
          onChange={({ currentTarget }) => {
            const photos = toPhotos(currentTarget.files ?? []);
            // Otherwise choosing the same file again would be no change.
            currentTarget.value = "";
            if (photos.length > 0) give(photos);
          }}
        />
        <input
          ref={folderPicker}
          type="file"
          {...WHOLE_FOLDER}
          hidden
          onChange={({ currentTarget }) => {
            const photos = toVisiblePhotos(currentTarget.files ?? []);
            currentTarget.value = "";
            give(photos);
          }}
        />
      </div>
      <form
        class="row"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          const photo = toPhotoSource(url);
          give(photo ? [photo] : [], t.urlInvalid);
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
      {problem && <p role="alert">{problem}</p>}
      <ExamplePhotos onPhoto={(photo) => give([photo])} />
      {camera && (
        <CameraDialog
          onClose={() => setCamera(false)}
          onPhoto={(file) => {
            setCamera(false);
            give([{ kind: "FILE", file, name: "camera.jpg" }]);
          }}
        />
      )}
    </section>
  );
}
