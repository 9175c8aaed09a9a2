import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { parseLabelTable } from "../../src/labels/label-table.ts";

const ROOT = new URL("../../", import.meta.url);
const tsv = await readFile(new URL("models/labels/imagenet1k.tsv", ROOT), "utf8");

describe("imagenet1k.tsv", () => {
  const table = parseLabelTable(tsv);

  it("has 1000 distinct synsets", () => {
    expect(table).toHaveLength(1000);
    expect(new Set(table.map(({ synset }) => synset)).size).toBe(1000);
  });

  it("has a distinct Chinese display name in Chinese characters for each class", () => {
    const names = table.map(({ names }) => names.ZH[0] as string);
    expect(new Set(names).size).toBe(1000);
    expect(names.filter((name) => !/\p{Script=Han}/u.test(name))).toEqual([]);
  });

  it("has no other Chinese name that is the display name of a class", () => {
    const displayed = new Set(table.map(({ names }) => names.ZH[0]));
    const aliases = table.flatMap(({ names }) => names.ZH.slice(1));
    expect(aliases.filter((alias) => displayed.has(alias))).toEqual([]);
    expect(new Set(aliases).size).toBe(aliases.length);
  });

  it.each([
    ["plate", "拼盘"],
    ["alligator lizard", "侧褶蜥"],
    ["megalith", "巨石建筑"],
    ["potpie", "酥皮馅饼"],
    ["isopod", "等足类动物"],
    ["tow truck", "清障车"],
    ["mongoose", "獴"],
    ["thunder snake", "蠕虫蛇"],
    ["window shade", "遮光帘"],
  ])("calls %s %s, which means nothing else", (english, chinese) => {
    expect(table.find(({ names }) => names.EN[0] === english)?.names.ZH[0]).toBe(chinese);
  });

  it("has no name of something that is not among the classes, such as hedgehog or manatee", () => {
    const others = ["鳄蜥", "巨石阵", "刺猬", "猫鼬", "雷蛇", "百叶窗", "拖车", "海牛", "梭子鱼"];
    const names = new Set(table.flatMap(({ names }) => names.ZH));
    expect(others.filter((name) => names.has(name))).toEqual([]);
  });

  it("has no name that is empty or starts or ends with whitespace", () => {
    const names = table.flatMap(({ names }) => [...names.EN, ...names.ZH]);
    expect(names.filter((name) => name === "" || name !== name.trim())).toEqual([]);
  });

  it("has the order and the English names of ImageNet", async ({ skip }) => {
    const source = new URL("../shared/labels/imagenet1k.tsv", ROOT);
    if (!existsSync(source)) skip("../shared is absent: ImageNet's own table is not compared.");
    const [, ...lines] = (await readFile(source, "utf8")).trimEnd().split("\n");
    expect(table.map(({ synset, names }) => `${synset}\t${names.EN.join(", ")}`)).toEqual(
      lines.map((line) => line.split("\t").slice(1).join("\t")),
    );
  });
});

describe("parseLabelTable", () => {
  it.each([
    ["an unknown header", "id\tname\n"],
    ["a missing column", "index\tsynset\ten\tzh\n0\tn01440764\ttench\n"],
    ["rows out of order", "index\tsynset\ten\tzh\n1\tn01443537\tgoldfish\t金鱼\n"],
  ])("rejects %s", (_name, text) => {
    expect(() => parseLabelTable(text)).toThrow(/label table/);
  });
});
