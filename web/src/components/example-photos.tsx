import tripodUrl from "../../../docs/photos/camera.jpg?url";
import catUrl from "../../../examples/cat.jpg?url";
import espressoUrl from "../../../examples/espresso.jpg?url";
import type { PhotoSource } from "../api/classify-photo.ts";
import { useLanguage } from "../i18n/language.ts";

/** Small pictures, made by `npm run example-thumbnails`, are loaded at first; the photo after a click. */
const EXAMPLES = [
  { name: "cat", url: catUrl, file: "cat.jpg" },
  { name: "espresso", url: espressoUrl, file: "espresso.jpg" },
  { name: "tripod", url: tripodUrl, file: "camera.jpg" },
] as const;

export function ExamplePhotos(props: { readonly onPhoto: (photo: PhotoSource) => void }) {
  const { t } = useLanguage();
  const give = async (url: string, name: string) => {
    const file = await fetch(url).then((response) => response.blob());
    props.onPhoto({ kind: "FILE", file, name });
  };
  return (
    <>
      <p id="examples">{t.examples}</p>
      <ul class="examples" aria-labelledby="examples">
        {EXAMPLES.map(({ name, url, file }) => (
          <li key={name}>
            <button type="button" onClick={() => give(url, file)}>
              <img
                src={`/examples/${name}.jpg`}
                alt={t.exampleNames[name]}
                width="96"
                height="96"
              />
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
