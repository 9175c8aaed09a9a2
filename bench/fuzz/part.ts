/** A file as the parts that its format is made of: chunks, boxes, segments, blocks. */
import { EMPTY } from "./bytes.ts";

/** A part of a draft: mutations change it in place. */
export type Part = {
  /** The type of a chunk or box, the marker of a segment; {@link RAW} for bytes without a frame. */
  type: string;
  /** Fields before the children, such as the version and flags of a box. */
  head: Uint8Array;
  /** The content, if there are no children. */
  data: Uint8Array;
  children: Part[] | undefined;
  /** What the length field says, if not the truth. */
  claimedLength: number | undefined;
  /** Whether the checksum is wrong, in formats that have one. */
  damaged: boolean;
  /** The offset of the data in the file that was parsed, for formats with absolute offsets. */
  origin: number | undefined;
};

/** The type of bytes that are written as they are. */
export const RAW = "raw";

export function makePart(
  type: string,
  data: Uint8Array = EMPTY,
  rest: Partial<Pick<Part, "head" | "children" | "origin">> = {},
): Part {
  return {
    type,
    data,
    head: EMPTY,
    children: undefined,
    claimedLength: undefined,
    damaged: false,
    origin: undefined,
    ...rest,
  };
}

export function copyPart(part: Part): Part {
  return { ...part, ...(part.children && { children: part.children.map(copyPart) }) };
}

/** A part, and the list that it is in. */
export type Place = { readonly list: Part[]; readonly index: number; readonly part: Part };

/** All parts of a draft, at any depth, that satisfy the condition. */
export function findPlaces(
  parts: Part[],
  condition: (part: Part) => boolean = () => true,
): Place[] {
  return parts.flatMap((part, index) => [
    ...(condition(part) ? [{ list: parts, index, part }] : []),
    ...(part.children ? findPlaces(part.children, condition) : []),
  ]);
}

/** All parts of these types, at any depth. */
export function findParts(parts: Part[], ...types: readonly string[]): Part[] {
  return findPlaces(parts, ({ type }) => types.includes(type)).map(({ part }) => part);
}
