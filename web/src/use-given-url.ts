import { useEffect } from "preact/hooks";
import type { PhotoSource } from "./api/classify-photo.ts";
import { toPhotoSource } from "./photo-address.ts";

/** Classifies the photo of the page's own address, as in `/?url=example.com/cat.jpg`. */
export function useGivenUrl(give: (photo: PhotoSource) => void): void {
  useEffect(() => {
    const photo = toPhotoSource(new URLSearchParams(location.search).get("url") ?? "");
    if (photo) give(photo);
  }, []);
}
