import { useEffect, useRef, useState } from "preact/hooks";
import type { Framing, PhotoSource, Region } from "../api/classify-photo.ts";
import { formatPercent, useLanguage } from "../i18n/language.ts";
import type { Overlay } from "../make-overlay.ts";
import { usePreview } from "../use-preview.ts";
import { StillPicture } from "./still-picture.tsx";

/** At this width and above, the input, the photo, and the answer are side by side (style.css). */
const SIDE_BY_SIDE = "(min-width: 60rem)";
const FRAMINGS: readonly Framing[] = ["CROP", "WHOLE", "TILES"];
/** Below this share of the photo, the answer is about too little of it to go without a warning. */
const HALF = 0.5;

/** A file, of which the preview is the first frame already. */
function FilePicture(props: {
  readonly url: string;
  readonly alt: string;
  readonly onError: () => void;
}) {
  return <img src={props.url} alt={props.alt} onError={props.onError} />;
}

/** The photo, what of it the network saw, and where the network saw a class. */
export function PhotoView(props: {
  readonly source: PhotoSource;
  /** What the network saw; empty until there is an answer. */
  readonly regions: readonly Region[];
  /** Number of frames according to the service; undefined until there is an answer. */
  readonly frames: number | undefined;
  readonly overlay: Overlay | undefined;
  readonly framing: Framing;
  readonly onFraming: (framing: Framing) => void;
}) {
  const { t } = useLanguage();
  const { source, regions, overlay, framing } = props;
  const figure = useRef<HTMLElement>(null);
  const preview = usePreview(source);
  const [broken, setBroken] = useState<string>();
  useEffect(() => showInView(figure.current?.parentElement), [source]);
  const share = Math.min(
    1,
    regions.reduce((sum, { width, height }) => sum + width * height, 0),
  );
  // The page cannot count the frames of a photo given by URL.
  const frames = Math.max(preview?.frames ?? 1, props.frames ?? 1);
  const single = regions.length === 1 && share < 1;
  const Picture = source.kind === "URL" ? StillPicture : FilePicture;
  return (
    <figure class="photo" ref={figure}>
      <div class="frame">
        <div class="picture">
          {preview && broken === preview.url && <p class="quiet">{t.noPreview}</p>}
          {preview && broken !== preview.url && (
            <Picture url={preview.url} alt={t.photoAlt} onError={() => setBroken(preview.url)} />
          )}
          {preview &&
            broken !== preview.url &&
            regions.map((region) => (
              <span
                key={`${region.x} ${region.y}`}
                class={single ? "region single" : "region"}
                style={placeOf(region)}
              />
            ))}
          {overlay && (
            <img
              class="overlay"
              src={overlay.picture}
              alt={t.heatmapOf(overlay.label)}
              style={{ ...placeOf(overlay.region), opacity: overlay.opacity }}
            />
          )}
        </div>
      </div>
      <figcaption>
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be a flex row in every browser. */}
        <div class="framing" role="group" aria-label={t.framing}>
          {FRAMINGS.map((name) => (
            <button
              key={name}
              type="button"
              class="small"
              aria-pressed={name === framing}
              onClick={() => name !== framing && props.onFraming(name)}
            >
              {t.framings[name]}
            </button>
          ))}
        </div>
        {overlay && <p class="quiet">{t.heatmapBy(overlay.label, overlay.model)}</p>}
        {!overlay && regions.length > 0 && (
          <p class={share < HALF ? "warning" : "quiet"}>
            {share < HALF
              ? t.sawLittle(formatPercent(share, 0))
              : t.saw(formatPercent(share, 0), regions.length)}
          </p>
        )}
        {frames > 1 && <p class="quiet">{t.firstFrame(frames)}</p>}
      </figcaption>
    </figure>
  );
}

function placeOf({ x, y, width, height }: Region) {
  const percent = (fraction: number) => `${100 * fraction}%`;
  return { left: percent(x), top: percent(y), width: percent(width), height: percent(height) };
}

/** Where not everything is side by side, the photo and the answer would be out of sight. */
function showInView(stage: HTMLElement | null | undefined): void {
  if (!stage) return;
  const { top } = stage.getBoundingClientRect();
  if (matchMedia(SIDE_BY_SIDE).matches && top >= 0 && top < innerHeight / 3) return;
  const reduced = matchMedia("(prefers-reduced-motion: reduce)").matches;
  scrollTo({ top: scrollY + top, behavior: reduced ? "auto" : "smooth" });
}
