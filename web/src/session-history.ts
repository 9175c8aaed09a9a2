/** What was classified in this session. It stays in this tab and is never sent anywhere. */

/** One classified photo. */
export type HistoryEntry = {
  /** ISO 8601. */
  readonly time: string;
  readonly name: string;
  /** A data URL; undefined if the browser cannot read the photo. */
  readonly thumbnail: string | undefined;
  readonly models: string;
  /** Of the class or kind; empty if the answer was "not sure". */
  readonly id: string;
  /** Empty if it is not known. */
  readonly synset: string;
  readonly en: string;
  readonly zh: string;
  readonly confidence: number;
};

const KEY = "history";
const MAX_ENTRIES = 50;

/** The entries, newest first. */
export function loadHistory(): HistoryEntry[] {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "[]") as HistoryEntry[];
  } catch {
    return [];
  }
}

/** Stores the newest entries and returns them. */
export function saveHistory(entries: readonly HistoryEntry[]): HistoryEntry[] {
  const kept = entries.slice(0, MAX_ENTRIES);
  try {
    sessionStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // The storage is full or blocked: the list lasts until the page is closed.
  }
  return kept;
}

/** RFC 4180, with a header. Cells that a spreadsheet would execute become text. */
export function toCsv(entries: readonly HistoryEntry[]): string {
  const columns = ["time", "name", "models", "id", "synset", "en", "zh", "confidence"] as const;
  // An entry that an older page stored has no id.
  const lines = entries.map((entry) =>
    columns.map((column) => toCell(String(entry[column] ?? ""))),
  );
  return [columns, ...lines].map((cells) => `${cells.join(",")}\r\n`).join("");
}

/** The entries without their pictures. */
export function toJson(entries: readonly HistoryEntry[]): string {
  return JSON.stringify(
    entries.map(({ thumbnail: _, ...entry }) => entry),
    null,
    2,
  );
}

function toCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
