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
  kind: "CLASS",
  id: "tabby",
  synset: "n02123159",
  en: "tiger cat",
  zh: "虎斑猫",
  confidence: 0.5,
  threshold: 0.25,
  predictions: [
    { id: "tabby", en: "tiger cat", zh: "虎斑猫", confidence: 0.5 },
    { id: "cup", en: "cup", zh: "杯子", confidence: 0.125 },
  ],
  error: "",
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

  it("all entries are kept if there is room, otherwise the newest 100", () => {
    const entries = Array.from({ length: 160 }, (_, i) => ({ ...entry, name: `${i}.jpg` }));
    saveHistory(entries);
    expect(loadHistory()).toEqual(entries);
    const room = JSON.stringify(entries.slice(0, 120)).length;
    setItem = (key, value) => {
      if (value.length > room) throw new DOMException("full", "QuotaExceededError");
      stored.set(key, value);
    };
    saveHistory(entries);
    expect(loadHistory()).toEqual(entries.slice(0, 100));
  });

  it("the history is empty if nothing, or no JSON, is stored", () => {
    expect(loadHistory()).toEqual([]);
    stored.set("history", "{");
    expect(loadHistory()).toEqual([]);
  });

  it("a full storage is no error", () => {
    setItem = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
    expect(() => saveHistory([entry])).not.toThrow();
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
      `\uFEFFtime,name,models,kind,id,synset,en,zh,confidence,threshold,error,predictions\r\n${entry.time},${cell},a + b,CLASS,tabby,n02123159,tiger cat,虎斑猫,0.5,0.25,,tabby 0.5; cup 0.125\r\n`,
    );
  });

  it("the id of an entry that an older page stored is an empty CSV cell", () => {
    const { id: _, predictions: __, ...older } = entry;
    expect(toCsv([older as HistoryEntry])).toContain(",a + b,CLASS,,n02123159,");
  });

  it("the JSON has ids but no pictures", () => {
    const [only] = JSON.parse(toJson([entry]));
    expect(only).not.toHaveProperty("thumbnail");
    expect(only).toMatchObject({ name: "cat.jpg", id: "tabby", synset: "n02123159" });
  });
});
