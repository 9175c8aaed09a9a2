import { useEffect, useState } from "preact/hooks";
import type { PhotoSource } from "./api/classify-photo.ts";

/** A URL that shows the photo; undefined if there is no photo. */
export function usePreview(source: PhotoSource | undefined): string | undefined {
  const [preview, setPreview] = useState<string>();
  useEffect(() => {
    if (source?.kind !== "FILE") {
      setPreview(source?.url);
      return undefined;
    }
    const url = URL.createObjectURL(source.file);
    setPreview(url);
    return () => URL.revokeObjectURL(url);
  }, [source]);
  return preview;
}
