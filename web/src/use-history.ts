import { useState } from "preact/hooks";
import { type HistoryEntry, loadHistory, saveHistory } from "./session-history.ts";

/** The session's history as state. */
export function useHistory() {
  const [entries, setEntries] = useState<readonly HistoryEntry[]>(loadHistory);
  return {
    entries,
    add: (entry: HistoryEntry) => setEntries((before) => saveHistory([entry, ...before])),
    clear: () => setEntries(saveHistory([])),
  };
}
