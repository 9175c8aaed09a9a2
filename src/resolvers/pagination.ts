/** Relay cursor connections over a list in order of class index. */
import { BadInputError } from "../errors.ts";

const MAX_PAGE = 1000;
const CURSOR_PREFIX = "class:";
const MAX_CURSOR_LENGTH = 40;

/** A page in the shape of a GraphQL connection. */
export type Page<Node> = {
  edges: { cursor: string; node: Node }[];
  nodes: Node[];
  pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  };
  totalCount: number;
};

/**
 * Returns the first `first` entries after the cursor `after`. A cursor identifies a class, not a position,
 * so it stays valid if the search changes between pages.
 *
 * @throws BadInputError if `first` is out of range or `after` is not a cursor
 */
export function paginate<Node extends { readonly classIndex: number }>(
  sorted: readonly Node[],
  { first, after }: { first: number; after: string | undefined },
): Page<Node> {
  if (first < 0 || first > MAX_PAGE) {
    throw new BadInputError(
      "first",
      `first is ${first}, but must be from 0 to ${MAX_PAGE}. Choose a value in that range, and get the following entries with "after".`,
      { value: first, min: 0, max: MAX_PAGE },
    );
  }
  const afterIndex = after === undefined ? -1 : decodeCursor(after);
  const begin = sorted.findIndex(({ classIndex }) => classIndex > afterIndex);
  const nodes = begin < 0 ? [] : sorted.slice(begin, begin + first);
  const edges = nodes.map((node) => ({ cursor: encodeCursor(node.classIndex), node }));
  return {
    edges,
    nodes,
    pageInfo: {
      hasNextPage: begin >= 0 && begin + nodes.length < sorted.length,
      hasPreviousPage: begin < 0 ? sorted.length > 0 : begin > 0,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: sorted.length,
  };
}

function encodeCursor(classIndex: number): string {
  return btoa(`${CURSOR_PREFIX}${classIndex}`);
}

function decodeCursor(cursor: string): number {
  const text = cursor.length <= MAX_CURSOR_LENGTH ? tryAtob(cursor) : undefined;
  const digits = text?.startsWith(CURSOR_PREFIX) ? text.slice(CURSOR_PREFIX.length) : "";
  if (/^\d{1,9}$/.test(digits)) return Number(digits);
  throw new BadInputError(
    "after",
    `after is "${cursor.slice(0, 40)}", which is not a cursor. Use the endCursor of the previous page, or the cursor of an edge, unchanged.`,
  );
}

function tryAtob(text: string): string | undefined {
  try {
    return atob(text);
  } catch {
    return undefined;
  }
}
