import { describe, expect, it } from "vitest";
import { type HistoryEntry, toCsv, toJson } from "../../web/src/session-history.ts";

const entry: HistoryEntry = {
  time: "2026-11-24T12:00:00.000Z",
  name: "cat.jpg",
  thumbnail: "data:image/jpeg;base64,AAAA",
  models: "a + b",
  synset: "n02123159",
  en: "tiger cat",
  zh: "虎斑猫",
  confidence: 0.5,
};

describe("the exported history", () => {
  it.each<[name: string, cell: string]>([
    ["cat.jpg", "cat.jpg"],
    ['a, "b".jpg', '"a, ""b"".jpg"'],
    ["two\nlines", '"two\nlines"'],
    // What a spreadsheet would take for a formula.
    ["=1+1", "'=1+1"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ['-1,"x"', `"'-1,""x"""`],
  ])("has %j as the cell %s", (name, cell) => {
    expect(toCsv([{ ...entry, name }])).toBe(
      `time,name,models,synset,en,zh,confidence\r\n${entry.time},${cell},a + b,n02123159,tiger cat,虎斑猫,0.5\r\n`,
    );
  });

  it("has no pictures as JSON", () => {
    const [only] = JSON.parse(toJson([entry]));
    expect(only).not.toHaveProperty("thumbnail");
    expect(only).toMatchObject({ name: "cat.jpg", confidence: 0.5 });
  });
});
