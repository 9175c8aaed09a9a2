/** Builds AVIF files box by box, so that tests can write what no encoder writes. */

export type TestItem = {
  readonly id: number;
  readonly type?: string;
  readonly data: Uint8Array;
  readonly properties?: readonly Uint8Array[];
  /** How often `iloc` lists the data. */
  readonly extents?: number;
  /** Whether `iloc` lists the data in two halves. */
  readonly halved?: boolean;
};

export type TestReference = {
  readonly type: string;
  readonly from: number;
  readonly to: readonly number[];
};

export type TestFile = {
  readonly items: readonly TestItem[];
  readonly references?: readonly TestReference[];
  readonly brands?: string;
  /** Encoded boxes before `meta`, at the end of `meta`, in front of the properties, and at the end. */
  readonly beforeMeta?: Uint8Array;
  readonly inMeta?: Uint8Array;
  readonly afterMeta?: Uint8Array;
  readonly moreProperties?: Uint8Array;
};

/** The first item is the primary one. */
export function buildAvif(file: TestFile): Uint8Array {
  const ftyp = box("ftyp", text(file.brands ?? "avif\0\0\0\0avifmif1miaf"));
  const before = file.beforeMeta ?? new Uint8Array();
  const dataStart = ftyp.length + before.length + metaBox(file, 0).length + 8;
  const data = file.items.map((item) => item.data);
  return join([
    ftyp,
    before,
    metaBox(file, dataStart),
    box("mdat", ...data),
    file.afterMeta ?? new Uint8Array(),
  ]);
}

function metaBox(file: TestFile, dataStart: number): Uint8Array {
  const { items, references = [] } = file;
  let at = dataStart;
  const locations = items.map(({ id, data, extents = 1, halved = false }) => {
    const lengths = halved ? [data.length >> 1, data.length - (data.length >> 1)] : [data.length];
    const once = lengths.map((length) => {
      at += length;
      return join([uint(at - length, 4), uint(length, 4)]);
    });
    const all = Array.from({ length: extents }, () => once).flat();
    return join([uint(id, 2), uint(0, 2), uint(all.length, 2), ...all]);
  });
  const infos = items.map(({ id, type = "av01" }) =>
    fullBox("infe", 2, uint(id, 2), uint(0, 2), text(`${type}\0`)),
  );
  let index = 0;
  const associations = items.map(({ id, properties = [] }) => {
    const indices = properties.map(() => uint(++index, 2));
    return join([uint(id, 2), uint(properties.length, 1), ...indices]);
  });
  const properties = items.flatMap((item) => item.properties ?? []);
  return fullBox(
    "meta",
    0,
    fullBox("hdlr", 0, uint(0, 4), text("pict"), new Uint8Array(13)),
    fullBox("pitm", 0, uint(items[0]?.id ?? 0, 2)),
    fullBox("iloc", 0, uint(0x4400, 2), uint(items.length, 2), ...locations),
    fullBox("iinf", 0, uint(items.length, 2), ...infos),
    fullBox(
      "iref",
      0,
      ...references.map(({ type, from, to }) =>
        box(type, uint(from, 2), uint(to.length, 2), ...to.map((id) => uint(id, 2))),
      ),
    ),
    box(
      "iprp",
      box("ipco", ...properties, file.moreProperties ?? new Uint8Array()),
      box("ipma", Uint8Array.of(0, 0, 0, 1), uint(items.length, 4), ...associations),
    ),
    file.inMeta ?? new Uint8Array(),
  );
}

export function ispe(width: number, height: number): Uint8Array {
  return fullBox("ispe", 0, uint(width, 4), uint(height, 4));
}

export function nclx(
  primaries: number,
  transfer: number,
  matrix: number,
  fullRange = true,
): Uint8Array {
  const codes = [primaries, transfer, matrix].map((code) => uint(code, 2));
  return box("colr", text("nclx"), ...codes, uint(fullRange ? 0x80 : 0, 1));
}

/** @param crop - width, height and the offset of its middle, each as a fraction */
export function clap(...crop: readonly (readonly [number, number])[]): Uint8Array {
  return box("clap", ...crop.flatMap(([n, d]) => [uint(n >>> 0, 4), uint(d, 4)]));
}

export function auxC(): Uint8Array {
  return fullBox("auxC", 0, text("urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0"));
}

export function grid(rows: number, columns: number, width: number, height: number): Uint8Array {
  return join([Uint8Array.of(0, 1, rows - 1, columns - 1), uint(width, 4), uint(height, 4)]);
}

/** A movie with one track of so many samples. */
export function movie(samples: number): Uint8Array {
  const stsz = fullBox("stsz", 0, uint(0, 4), uint(samples, 4));
  return box("moov", box("trak", box("mdia", box("minf", box("stbl", stsz)))));
}

export function fullBox(
  type: string,
  version: number,
  ...parts: readonly Uint8Array[]
): Uint8Array {
  return box(type, Uint8Array.of(version, 0, 0, 0), ...parts);
}

export function box(type: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = join(parts);
  return join([uint(content.length + 8, 4), text(type), content]);
}

export function text(value: string): Uint8Array {
  return new Uint8Array(Buffer.from(value, "latin1"));
}

export function uint(value: number, size: number): Uint8Array {
  const bytes = Buffer.alloc(size);
  bytes.writeUIntBE(value, 0, size);
  return new Uint8Array(bytes);
}

export function join(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
