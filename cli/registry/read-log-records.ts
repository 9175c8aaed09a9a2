/** Extracts the Worker's log lines from other output. */

/** A line of the Worker's log. */
export type LogRecord = Readonly<Record<string, unknown>>;

/**
 * Finds the JSON objects in a text: the output of `npm start`, which mixes them with other
 * lines, or of `wrangler tail --format json`, which has each as a string in an event.
 */
export function readLogRecords(text: string): LogRecord[] {
  return findObjects(text).flatMap((record) => {
    const messages = readTailMessages(record);
    return messages ? messages.flatMap(readLogRecords) : [record];
  });
}

/** The messages of an event of `wrangler tail`; undefined if the object is not one. */
function readTailMessages({ logs, outcome }: LogRecord): string[] | undefined {
  if (!Array.isArray(logs) || outcome === undefined) return undefined;
  return logs.flatMap(({ message }: { message?: unknown }) =>
    (Array.isArray(message) ? message : []).filter((part) => typeof part === "string"),
  );
}

/** The outermost objects; text that only looks like one is skipped. */
function findObjects(text: string): LogRecord[] {
  const records: LogRecord[] = [];
  let start = text.indexOf("{");
  while (start >= 0) {
    const end = findEnd(text, start);
    const record = end === undefined ? undefined : parseObject(text.slice(start, end));
    if (record) records.push(record);
    start = text.indexOf("{", record ? end : start + 1);
  }
  return records;
}

/** Where the object that begins at `start` ends; undefined if it does not. */
function findEnd(text: string, start: number): number | undefined {
  let depth = 0;
  let inString = false;
  for (let i = start; i < text.length; i++) {
    const character = text[i];
    if (inString) {
      if (character === "\\") i++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === "{") depth++;
    else if (character === "}" && --depth === 0) return i + 1;
  }
  return undefined;
}

function parseObject(text: string): LogRecord | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
