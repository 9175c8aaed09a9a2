import { useEffect, useState } from "preact/hooks";
import type { PhotoSource } from "./api/classify-photo.ts";
import { countFrames } from "./count-frames.ts";

/** A URL that shows what is classified. */
export type Preview = { readonly url: string; readonly frames: number };

/** Undefined until the photo is read. */
export function usePreview(source: PhotoSource): Preview | undefined {
  const [preview, setPreview] = useState<Preview>();
  useEffect(() => {
    if (source.kind === "URL") {
      setPreview({ url: source.url, frames: 1 });
      return undefined;
    }
    let url: string | undefined;
    let over = false;
    const show = async () => {
      const frames = await countFrames(source.file);
      // The service classifies the first frame, so the animation must not run on.
      const still = frames > 1 ? await firstFrame(source.file) : source.file;
      if (over) return;
      url = URL.createObjectURL(still);
      setPreview({ url, frames });
    };
    show();
    return () => {
      over = true;
      setPreview(undefined);
      if (url) URL.revokeObjectURL(url);
    };
  }, [source]);
  return preview;
}

/** @returns the animation itself if the browser cannot draw it */
async function firstFrame(animation: Blob): Promise<Blob> {
  try {
    const bitmap = await createImageBitmap(animation);
    const canvas = document.createElement("canvas");
    canvas.width = bitmap.width;
    canvas.height = bitmap.height;
    canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
    const still = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve));
    return still ?? animation;
  } catch {
    return animation;
  }
}
