/** What was classified in this session. It stays in this tab and is never sent anywhere. */

/** One classified photo. */
export type HistoryEntry = {
  /** ISO 8601. */
  readonly time: string;
  readonly name: string;
  /** A data URL; undefined if the browser cannot read the photo. */
  readonly thumbnail: string | undefined;
  readonly models: string;
  /** CLASS, ANCESTOR ("a kind of") or UNKNOWN; empty if there is no answer. */
  readonly kind: string;
  /** Of the class or kind; empty if the answer was "not sure". */
  readonly id: string;
  /** Empty if it is not known. */
  readonly synset: string;
  readonly en: string;
  readonly zh: string;
  /** Undefined without an answer. */
  readonly confidence: number | undefined;
  /** Undefined if the models' own thresholds decided. */
  readonly threshold: number | undefined;
  /** The most probable classes. */
  readonly predictions: readonly {
    readonly id: string;
    readonly en: string;
    readonly zh: string;
    readonly confidence: number;
  }[];
  /** The code of the reason why there is no answer; empty if there is one. */
  readonly error: string;
};

const KEY = "history";
/** Stored if there is no room for all of them. */
const SOME_ENTRIES = 100;
/** Without it, Excel takes UTF-8 for the system's own encoding. */
const BYTE_ORDER_MARK = "\uFEFF";

/** The entries, newest first. */
export function loadHistory(): HistoryEntry[] {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "[]") as HistoryEntry[];
  } catch {
    return [];
  }
}

/** Stores the entries, as many as fit. The page itself keeps all of them. */
export function saveHistory(entries: readonly HistoryEntry[]): void {
  if (!store(entries)) store(entries.slice(0, SOME_ENTRIES));
}

/** @returns false if the storage is full or blocked: the list lasts until the page is closed */
function store(entries: readonly HistoryEntry[]): boolean {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(entries));
    return true;
  } catch {
    return false;
  }
}

/** RFC 4180, with a header. Cells that a spreadsheet would execute become text. */
export function toCsv(entries: readonly HistoryEntry[]): string {
  const columns = [
    "time",
    "name",
    "models",
    "kind",
    "id",
    "synset",
    "en",
    "zh",
    "confidence",
    "threshold",
    "error",
  ] as const;
  // An entry that an older page stored lacks some of them.
  const lines = entries.map((entry) => [
    ...columns.map((column) => toCell(String(entry[column] ?? ""))),
    toCell((entry.predictions ?? []).map(({ id, confidence }) => `${id} ${confidence}`).join("; ")),
  ]);
  const text = [[...columns, "predictions"], ...lines].map((cells) => `${cells.join(",")}\r\n`);
  return BYTE_ORDER_MARK + text.join("");
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
