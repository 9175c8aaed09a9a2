import { useEffect, useRef } from "preact/hooks";

/** More than any screen shows of it. */
const MAX_SIDE = 2048;

/**
 * The first frame of a picture at an address. The page may not read the bytes of another origin, but it may draw
 * them, and a canvas draws only the first frame of an animation.
 */
export function StillPicture(props: {
  readonly url: string;
  readonly alt: string;
  readonly onError: () => void;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const picture = new Image();
    let over = false;
    const draw = async () => {
      try {
        picture.src = props.url;
        await picture.decode();
        if (!over && canvas.current) drawOn(canvas.current, picture);
      } catch {
        if (!over) props.onError();
      }
    };
    draw();
    return () => {
      over = true;
    };
  }, [props.url]);
  return <canvas ref={canvas} role="img" aria-label={props.alt} width={0} height={0} />;
}

function drawOn(canvas: HTMLCanvasElement, picture: HTMLImageElement): void {
  const { naturalWidth, naturalHeight } = picture;
  const scale = Math.min(1, MAX_SIDE / Math.max(naturalWidth, naturalHeight));
  canvas.width = Math.round(naturalWidth * scale);
  canvas.height = Math.round(naturalHeight * scale);
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
}
