/** NumPy's `.npy` files, version 1.0, little-endian float32, C order. */

/** An array with its shape. */
export type FloatArray = { readonly shape: readonly number[]; readonly data: Float32Array };

const MAGIC = "\x93NUMPY\x01\x00";
const ALIGNMENT = 64;

export function encodeNpy({ shape, data }: FloatArray): Uint8Array {
  const tuple = `(${shape.map((side) => `${side},`).join(" ")})`;
  const dict = `{'descr': '<f4', 'fortran_order': False, 'shape': ${tuple}, }`;
  const unpadded = MAGIC.length + 2 + dict.length + 1;
  const padding = (ALIGNMENT - (unpadded % ALIGNMENT)) % ALIGNMENT;
  const header = Buffer.from(`${MAGIC}\0\0${dict}${" ".repeat(padding)}\n`, "latin1");
  header.writeUInt16LE(header.length - MAGIC.length - 2, MAGIC.length);
  return Buffer.concat([header, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]);
}

/**
 * Decodes a `.npy` file of float32.
 *
 * @throws Error if it holds anything else
 */
export function decodeNpy(bytes: Uint8Array): FloatArray {
  const file = Buffer.from(bytes);
  const headerEnd = MAGIC.length + 2 + file.readUInt16LE(MAGIC.length);
  const header = file.toString("latin1", 0, headerEnd);
  const shape = /'shape': \(([\d, ]*)\)/.exec(header)?.[1];
  if (!header.startsWith(MAGIC) || !header.includes("'<f4'") || shape === undefined) {
    throw new Error("Not a .npy file of version 1.0 with little-endian float32.");
  }
  const sides = shape.split(",").filter((side) => side.trim() !== "");
  const data = new Float32Array((file.length - headerEnd) / 4);
  for (let i = 0; i < data.length; i++) data[i] = file.readFloatLE(headerEnd + i * 4);
  return { shape: sides.map(Number), data };
}
