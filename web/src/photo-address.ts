/** What people paste or drag as the address of a photo. */
import type { PhotoSource } from "./api/classify-photo.ts";

/**
 * Makes a photo of an address. An address without a scheme is taken as https; the content of a `data:` address
 * is sent as a file, because the service can fetch nothing from it.
 *
 * @returns undefined if the text is no address
 */
export function toPhotoSource(text: string): PhotoSource | undefined {
  const address = text.trim();
  if (/^data:/i.test(address)) return fromDataAddress(address);
  if (address === "" || /\s/.test(address)) return undefined;
  const scheme = /^[a-z][a-z\d+.-]*:\/\//i.exec(address)?.[0].toLowerCase();
  if (scheme && scheme !== "http://" && scheme !== "https://") return undefined;
  const complete = scheme ? address : `https://${address.replace(/^\/\//, "")}`;
  if (!URL.canParse(complete)) return undefined;
  const { hostname } = new URL(complete);
  // A single word is more often a slip than a host.
  const isHost = scheme !== undefined || /\./.test(hostname) || hostname === "localhost";
  return isHost ? { kind: "URL", url: complete } : undefined;
}

/** The address of the first picture of an HTML fragment, as browsers give it for a dragged picture. */
export function findImageAddress(html: string): string | undefined {
  const image = new DOMParser().parseFromString(html, "text/html").querySelector("img[src]");
  return image?.getAttribute("src") ?? undefined;
}

function fromDataAddress(address: string): PhotoSource | undefined {
  const match = /^data:([^,;]*)((?:;[^,;]*)*),(.*)$/is.exec(address);
  if (!match) return undefined;
  const [, type = "", parameters = "", content = ""] = match;
  try {
    const bytes = /;base64$/i.test(parameters)
      ? Uint8Array.from(atob(decodeURIComponent(content).replace(/\s/g, "")), (char) =>
          char.charCodeAt(0),
        )
      : new TextEncoder().encode(decodeURIComponent(content));
    const extension = /^image\/([a-z\d]+)/i.exec(type)?.[1] ?? "jpg";
    return { kind: "FILE", file: new Blob([bytes], { type }), name: `photo.${extension}` };
  } catch {
    return undefined;
  }
}
