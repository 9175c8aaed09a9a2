/** What was classified in this session: kept by the browser, in this tab, and nowhere else. */

/** One classified photo. */
export type HistoryEntry = {
  /** ISO 8601. */
  readonly time: string;
  readonly name: string;
  /** A data URL; undefined where there is none. */
  readonly thumbnail: string | undefined;
  readonly models: string;
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

/** Keeps as many entries as fit, and gives those. */
export function saveHistory(entries: readonly HistoryEntry[]): HistoryEntry[] {
  const kept = entries.slice(0, MAX_ENTRIES);
  try {
    sessionStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // The storage is full: the list is shown as long as the page is open.
  }
  return kept;
}

/** RFC 4180, with a header; cells that a spreadsheet would execute are made text. */
export function toCsv(entries: readonly HistoryEntry[]): string {
  const columns = ["time", "name", "models", "synset", "en", "zh", "confidence"] as const;
  const lines = entries.map((entry) => columns.map((column) => toCell(String(entry[column]))));
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
