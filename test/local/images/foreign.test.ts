/** What is sent instead of a photo is named, with the right way out, by the built Worker's imaging code. */
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { box, join, text, uint } from "../../imaging/support/avif-builder.ts";
import { encodeAll, encodePng, makePicture } from "../../imaging/support/sample-files.ts";
import { useDecodeWorker } from "../support/use-decode-worker.ts";

const worker = useDecodeWorker();
const picture = makePicture(48, 32);
const photos = await encodeAll(picture);
const jpeg = photos.jpeg as Uint8Array;
const png = encodePng(picture);

function ftyp(major: string, ...compatible: string[]): Uint8Array {
  return join([box("ftyp", text(major), uint(0, 4), ...compatible.map(text)), new Uint8Array(300)]);
}

/** What `curl -d @file` sends. */
function strip(bytes: Uint8Array): Uint8Array {
  return bytes.filter((byte) => byte !== 0 && byte !== 10 && byte !== 13);
}

/** A TIFF of one directory: `tags` with the type ASCII, or LONG for numbers. */
function tiff(tags: readonly (readonly [tag: number, value: string | number])[]): Uint8Array {
  const head = Buffer.alloc(8 + 2 + tags.length * 12 + 4);
  head.write("MM\0*", "latin1");
  head.writeUInt32BE(8, 4);
  head.writeUInt16BE(tags.length, 8);
  let end = head.length;
  const texts: Buffer[] = [];
  tags.forEach(([tag, value], i) => {
    const at = 10 + i * 12;
    const ascii = typeof value === "string" ? Buffer.from(`${value}\0`) : undefined;
    head.writeUInt16BE(tag, at);
    head.writeUInt16BE(ascii ? 2 : 4, at + 2);
    head.writeUInt32BE(ascii ? ascii.length : 1, at + 4);
    head.writeUInt32BE(ascii ? end : Number(value), at + 8);
    if (!ascii) return;
    texts.push(ascii);
    end += ascii.length;
  });
  return new Uint8Array(Buffer.concat([head, ...texts]));
}

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="8"><path d="M0 0"/></svg>';
const MAKE = 0x010f;
const SUB_IFDS = 0x014a;
const DNG_VERSION = 0xc612;

describe("what is not a photo of a known format", () => {
  it.each<[string, Uint8Array, RegExp]>([
    ...[
      "miaf",
      "MiHB",
      "MiHE",
      "1pic",
      "avci",
      "avcs",
      "jpeg",
      "jpgs",
      "j2ki",
      "unif",
      "mif2",
      "mif3",
      "msf1",
      "vvic",
    ].map((brand): [string, Uint8Array, RegExp] => [
      brand,
      ftyp(brand, "mif1"),
      /^HEIF is not supported.*JPEG/,
    ]),
    ["tmap of HEIC", ftyp("tmap", "mif1", "heic"), /^HEIC is not supported/],
    ["MiHB of HEIC", ftyp("MiHB", "miaf", "heix"), /^HEIC is not supported/],
    ["HEIC", ftyp("heic", "mif1"), /^HEIC is not supported.*Most Compatible/],
    ["HEVC sequence", ftyp("hevc", "msf1"), /^HEIC is not supported/],
    ["MP4", ftyp("isom", "iso2", "avc1", "mp41"), /^MP4 video is not supported.*one frame/],
    ["MP4 of a phone", ftyp("mp42", "isom"), /^MP4 video/],
    ["QuickTime", ftyp("qt  "), /^QuickTime video/],
    ["3GP", ftyp("3gp5", "isom"), /^3GP video/],
    ["audio", ftyp("M4A ", "isom"), /^MPEG-4 audio/],
    ["CR3", ftyp("crx ", "isom"), /^Canon raw \(CR3\)/],
    ["an unknown brand", ftyp("ab\0d"), /brand "ab\?d".*JPEG/],
    [
      "NEF",
      tiff([
        [MAKE, "NIKON CORPORATION"],
        [SUB_IFDS, 100],
      ]),
      /^Nikon raw \(NEF\)/,
    ],
    [
      "ARW",
      tiff([
        [MAKE, "SONY"],
        [SUB_IFDS, 100],
      ]),
      /^Sony raw \(ARW\)/,
    ],
    [
      "DNG",
      tiff([
        [MAKE, "Apple"],
        [DNG_VERSION, 0x01060000],
      ]),
      /^Camera raw \(DNG\)/,
    ],
    ["CR2", text("II*\0\x10\0\0\0CR\x02\0\0\0\0\0"), /^Canon raw \(CR2\)/],
    ["a scan", tiff([[MAKE, "NIKON"]]), /^TIFF is not supported\. Convert/],
    ["an unreadable raw photo", text("MM\0*\0\0\0\x08"), /^TIFF.*raw photos/],
    ["BigTIFF", text("II+\0\x08\0\0\0\0\0\0\0"), /^BigTIFF/],
    ["ORF", text("IIRO\x08\0\0\0"), /^Olympus raw/],
    ["RW2", text("IIU\0\x08\0\0\0"), /^Panasonic raw/],
    ["RAF", text("FUJIFILMCCD-RAW 0201"), /^Fujifilm raw/],
    ["gzip", gzipSync(jpeg), /^gzip data is not supported\. Unpack it/],
    ["SVGZ", gzipSync(SVG), /Unpack it/],
    ["ZIP", text("PK\x03\x04\x14\0"), /^ZIP archive.*Unpack it/],
    ["7z", text("7z\xbc\xaf\x27\x1c\0\x04"), /^7z archive.*Unpack it/],
    [
      "a tar archive",
      join([new Uint8Array(257).fill(65), text("ustar\0")]),
      /^tar archive.*Unpack it/,
    ],
    ["PSD", text("8BPS\0\x01"), /^PSD/],
    ["QOI", text("qoif\0\0\0\x01"), /^QOI/],
    ["JPEG XL", text("\xff\x0a\0\0"), /^JPEG XL/],
    ["JPEG 2000", text("\0\0\0\x0cjP  \r\n\x87\n"), /^JPEG 2000/],
    ["PDF", text("%PDF-1.7"), /^PDF.*page/],
    ["AppleDouble", text("\0\x05\x16\x07\0\x02\0\0"), /^AppleDouble.*without "\._"/],
    ["zeros", new Uint8Array(1000), /^A file of zeros.*not finished/],
    ["SVG", text(SVG), /^SVG.*render it to PNG/],
    [
      "SVG behind a prolog",
      text(
        `<?xml version="1.0"?>\n<!-- <html> -->\n<!DOCTYPE svg PUBLIC "x" "y" [<!ENTITY a "b">]>\n${SVG}`,
      ),
      /^SVG/,
    ],
    ["SVG with a prefix", text('<svg:svg xmlns:svg="http://www.w3.org/2000/svg"/>'), /^SVG/],
    [
      "SVG in UTF-16",
      join([Uint8Array.of(0xff, 0xfe), new Uint8Array(Buffer.from(SVG, "utf16le"))]),
      /^SVG/,
    ],
    [
      "a web page with a drawing",
      text(`<!doctype html><title>x</title>${SVG}`),
      /^HTML.*address of the image/,
    ],
    ["a page without a doctype", text(`\n<html lang="en"><body>${SVG}`), /^HTML/],
    ["a page behind a comment", text(`<!-- ${SVG} --><!DOCTYPE HTML>`), /^HTML/],
    ["a part of a page", text(`<div>${SVG}</div>`), /^HTML/],
    ["XML", text(`<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>`), /^XML/],
    [
      "a data URI",
      text(`data:image/jpeg;base64,${Buffer.from(jpeg).toString("base64")}`),
      /^A data URI.*ImageInput/,
    ],
    ...Object.entries(photos).map(([name, photo]): [string, Uint8Array, RegExp] => [
      `Base64 of ${name}`,
      text(Buffer.from(photo).toString("base64")),
      /^Base64 text.*bytes themselves/,
    ]),
    ["JSON", text('{"query": "{ models { id } }"}'), /^JSON.*\/graphql/],
    ["an array", text('[{"a": 1}]'), /^JSON/],
    [
      "a multipart form",
      text('--abc\r\nContent-Disposition: form-data; name="image"\r\n\r\n'),
      /^A multipart form.*boundary/,
    ],
    ["a form", text("image=%FF%D8%FF%E0"), /^A form.*-F/],
    ["an address", text("https://example.com/cat.jpg\n"), /^The address of a photo.*"url"/],
    ["a path", text("@photos/cat 1.jpg"), /^The path of a photo.*--data-binary/],
    [
      "a Git LFS pointer",
      text("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"),
      /^A Git LFS pointer.*git lfs pull/,
    ],
    [
      "PNG after a text copy",
      text("\x89PNG\n\x1a\n\0\0\0\x0dIHDR"),
      /^A PNG with changed line ends.*binary/,
    ],
    [
      "JPEG read as UTF-8",
      new Uint8Array(Buffer.from(Buffer.from(jpeg).toString("utf8"))),
      /^A JPEG that was read as text/,
    ],
    [
      "PNG read as UTF-8",
      new Uint8Array(Buffer.from(Buffer.from(png).toString("utf8"))),
      /^A PNG that was read as text/,
    ],
    [
      "JPEG as Latin-1",
      new Uint8Array(Buffer.from(Buffer.from(jpeg).toString("latin1"), "utf8")),
      /^A JPEG that was read as text/,
    ],
  ])("is named: %s", async (_name, bytes, message) => {
    const refused = await worker.refused(bytes);
    expect(refused).toMatchObject({ status: 415, code: "IMAGE_UNSUPPORTED" });
    expect(refused.message).toMatch(message);
    expect(refused.message).toMatch(/\w\.$/);
  });

  it.each(Object.entries({ ...photos, png }))(
    "is told from a photo that lost its CR, LF and NUL bytes: %s",
    async (name, photo) => {
      expect((await worker.decoded(photo)).status).toBe(200);
      const refused = await worker.refused(strip(photo));
      expect(refused.status).toBe(415);
      expect(refused.message).toMatch(/without its CR, LF and NUL bytes.*--data-binary/);
      expect(refused.message.toLowerCase()).toContain(name.split(" ")[0]);
    },
  );

  it("is unknown if it shows nothing", async () => {
    const refused = await worker.refused(
      Uint8Array.from({ length: 500 }, (_, i) => (i * 73 + 129) & 255),
    );
    expect(refused.message).toMatch(/not an image of a known format.*JPEG, PNG, WebP, GIF or AVIF/);
  });

  it("is empty if it has no bytes", async () => {
    expect((await worker.refused(new Uint8Array())).code).toBe("IMAGE_EMPTY");
  });
});
