import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type HistoryEntry,
  loadHistory,
  saveHistory,
  toCsv,
  toJson,
} from "../../web/src/session-history.ts";

const entry: HistoryEntry = {
  time: "2026-11-24T12:00:00.000Z",
  name: "cat.jpg",
  thumbnail: "data:image/jpeg;base64,AAAA",
  models: "a + b",
  id: "tabby",
  synset: "n02123159",
  en: "tiger cat",
  zh: "虎斑猫",
  confidence: 0.5,
};

describe("the stored history", () => {
  let stored: Map<string, string>;
  let setItem: (key: string, value: string) => void;

  beforeEach(() => {
    stored = new Map();
    setItem = (key, value) => stored.set(key, value);
    vi.stubGlobal("sessionStorage", {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => setItem(key, value),
    });
  });
  afterEach(() => vi.unstubAllGlobals());

  it("the history is loaded as it was saved", () => {
    saveHistory([entry]);
    expect(loadHistory()).toEqual([entry]);
  });

  it("the newest 50 entries are kept", () => {
    const entries = Array.from({ length: 60 }, (_, i) => ({ ...entry, name: `${i}.jpg` }));
    expect(saveHistory(entries)).toEqual(entries.slice(0, 50));
    expect(loadHistory()).toHaveLength(50);
  });

  it("the history is empty if nothing, or no JSON, is stored", () => {
    expect(loadHistory()).toEqual([]);
    stored.set("history", "{");
    expect(loadHistory()).toEqual([]);
  });

  it("the entries last as long as the page if the storage is full", () => {
    setItem = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
    expect(saveHistory([entry])).toEqual([entry]);
  });
});

describe("the exported history", () => {
  it.each<[name: string, cell: string]>([
    ["cat.jpg", "cat.jpg"],
    ['a, "b".jpg', '"a, ""b"".jpg"'],
    ["two\nlines", '"two\nlines"'],
    // A spreadsheet would take these for formulas.
    ["=1+1", "'=1+1"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ['-1,"x"', `"'-1,""x"""`],
  ])("the name %j becomes the CSV cell %s", (name, cell) => {
    expect(toCsv([{ ...entry, name }])).toBe(
      `time,name,models,id,synset,en,zh,confidence\r\n${entry.time},${cell},a + b,tabby,n02123159,tiger cat,虎斑猫,0.5\r\n`,
    );
  });

  it("the id of an entry that an older page stored is an empty CSV cell", () => {
    const { id: _, ...older } = entry;
    expect(toCsv([older as HistoryEntry])).toContain(",a + b,,n02123159,");
  });

  it("the JSON has ids but no pictures", () => {
    const [only] = JSON.parse(toJson([entry]));
    expect(only).not.toHaveProperty("thumbnail");
    expect(only).toMatchObject({ name: "cat.jpg", id: "tabby", synset: "n02123159" });
  });
});
