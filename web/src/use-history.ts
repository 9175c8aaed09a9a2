import { useEffect, useRef, useState } from "preact/hooks";
import type { PhotoSource } from "./api/classify-photo.ts";
import { type HistoryEntry, loadHistory, saveHistory } from "./session-history.ts";

/** The session's history. */
export type History = {
  readonly entries: readonly HistoryEntry[];
  /** Adds an entry, unless there is one of the same photo: settings that change classify it again. */
  add(entry: HistoryEntry, source: PhotoSource): void;
  /** The photo of an entry; undefined for a file after the page was loaded again. */
  sourceOf(entry: HistoryEntry): PhotoSource | undefined;
  clear(): void;
  /** Brings back what was cleared; undefined if nothing was. */
  readonly undo: (() => void) | undefined;
};

/** The session's history as state. */
export function useHistory(): History {
  const [entries, setEntries] = useState<readonly HistoryEntry[]>(loadHistory);
  const [cleared, setCleared] = useState<readonly HistoryEntry[]>([]);
  const sources = useRef(new Map<string, PhotoSource>());
  useEffect(() => saveHistory(entries), [entries]);
  return {
    entries,
    add: (entry, source) => {
      sources.current.set(entry.time, source);
      setEntries((before) =>
        before.some(({ time }) => time !== entry.time && sources.current.get(time) === source)
          ? before
          : [entry, ...before],
      );
    },
    sourceOf: ({ time, name }) =>
      sources.current.get(time) ??
      (/^https?:\/\//.test(name) ? { kind: "URL", url: name } : undefined),
    clear: () => {
      setCleared(entries);
      setEntries([]);
    },
    undo:
      cleared.length > 0
        ? () => {
            setEntries((since) => [...since, ...cleared]);
            setCleared([]);
          }
        : undefined,
  };
}
