import { useEffect, useRef, useState } from "preact/hooks";
import { useLanguage } from "../i18n/language.ts";

/** A heat map of the part of the photo that the model saw. */
export type Overlay = {
  /** A PNG with alpha as a data URL. */
  readonly picture: string;
  readonly label: string;
  /** 0 to 1. */
  readonly opacity: number;
  /** Side of the central square that the model saw, as a fraction of the photo's shorter side. */
  readonly cropFraction: number;
};

/** At this width and above, the photo is beside the input (style.css). */
const WIDE = 800;

export function PhotoView(props: { readonly url: string; readonly overlay: Overlay | undefined }) {
  const { t } = useLanguage();
  const figure = useRef<HTMLElement>(null);
  useEffect(() => {
    const reduced = matchMedia("(prefers-reduced-motion: reduce)").matches;
    // On a small screen, the photo and the answer below it would be out of sight.
    if (innerWidth < WIDE)
      figure.current?.scrollIntoView({ behavior: reduced ? "auto" : "smooth" });
  }, []);
  const [size, setSize] = useState({ width: 1, height: 1 });
  const [broken, setBroken] = useState(false);
  const { overlay } = props;
  const side = (overlay?.cropFraction ?? 1) * Math.min(size.width, size.height);
  const percentOf = (length: number) => `${(100 * side) / length}%`;
  return (
    <figure class="photo" ref={figure}>
      <div>
        {broken ? (
          <p class="quiet">{t.noPreview}</p>
        ) : (
          <img
            src={props.url}
            alt={t.photoAlt}
            onError={() => setBroken(true)}
            onLoad={({ currentTarget }) =>
              setSize({ width: currentTarget.naturalWidth, height: currentTarget.naturalHeight })
            }
          />
        )}
        {overlay && (
          <img
            class="overlay"
            src={overlay.picture}
            alt={t.heatmapOf(overlay.label)}
            style={{
              width: percentOf(size.width),
              height: percentOf(size.height),
              opacity: overlay.opacity,
            }}
          />
        )}
      </div>
    </figure>
  );
}
