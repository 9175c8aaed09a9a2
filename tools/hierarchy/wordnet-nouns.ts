/** Hypernyms ("is a kind of", `@`, or "is an instance of", `@i`) of each noun synset, by id. */
export type Hypernyms = ReadonlyMap<string, readonly string[]>;

/**
 * Reads WordNet's `data.noun`. Ids are `n` and the offset, as ImageNet writes them.
 *
 * Source of the format: wndb(5WN), "Data File Format".
 */
export function parseNouns(dataNoun: string): Hypernyms {
  const hypernyms = new Map<string, string[]>();
  for (const line of dataNoun.split("\n")) {
    // The licence at the top is indented.
    if (line === "" || line.startsWith(" ")) continue;
    const fields = line.split(" ");
    const wordCount = Number.parseInt(fields[3] as string, 16);
    const pointersAt = 4 + 2 * wordCount;
    const pointerCount = Number(fields[pointersAt]);
    const targets: string[] = [];
    for (let i = 0; i < pointerCount; i++) {
      const [symbol, offset] = fields.slice(pointersAt + 1 + 4 * i);
      if (symbol === "@" || symbol === "@i") targets.push(`n${offset}`);
    }
    hypernyms.set(`n${fields[0]}`, targets);
  }
  return hypernyms;
}
