import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { readLabelSources } from "../../cli/platform/label-sources.ts";
import { parseLabels } from "../../src/labels/parse-labels.ts";

const NETWORKS = new URL("../../../shared/networks/", import.meta.url);
const { table } = await readLabelSources();
const parse = (text: string) => parseLabels(text, table).classes ?? [];
const named = (id: string, name = id) => ({ id, names: { en: [name] } });

describe("parseLabels", () => {
  it.each<[what: string, text: string, expected: unknown[]]>([
    ["one name per line", "invoice\nreceipt\n", [named("invoice"), named("receipt")]],
    ["synsets", "n01440764\nn02102040\n", ["n01440764", "n02102040"]],
    [
      "synsets with text after them",
      "n01440764 tench, Tinca tinca\nn02085620-Chihuahua\nn02102040_English_springer",
      ["n01440764", "n02085620", "n02102040"],
    ],
    [
      "synsets that the table lacks",
      "n00000001 church\nn01440764",
      [named("n00000001", "church"), "n01440764"],
    ],
    ["an index before each synset", "0 n01440764\n1 n02102040", ["n01440764", "n02102040"]],
    ["an index before each name", "1: invoice\n2: receipt", [named("invoice"), named("receipt")]],
    ["names that begin with numbers", "1 euro\n2 euro", [named("1 euro"), named("2 euro")]],
    [
      "comments, blank lines, a BOM and CRLF",
      "\uFEFF# shop\r\ncup\r\n\r\nmug\r\n",
      [named("cup"), named("mug")],
    ],
    ["Chinese names", "发票\n收据", [named("发票"), named("收据")]],
    [
      "CSV",
      'id,en,zh,synset,parent\ninv,"invoice, bill|bill",发票,,paper\nn01440764,,,,\n',
      [
        { id: "inv", names: { en: ["invoice, bill", "bill"], zh: ["发票"] }, parent: "paper" },
        "n01440764",
      ],
    ],
    ["TSV", "id\ten\ncup\tcup of tea\nmug\t\n", [named("cup", "cup of tea"), { id: "mug" }]],
    ["a JSON list of names", '["cup", "n01440764"]', [named("cup"), "n01440764"]],
    [
      "a JSON list of objects",
      '[{"id": "cup", "names": {"en": ["cup"], "zh": ["杯子"]}, "synset": "n07930864"}, {"name": "mug"}]',
      [{ id: "cup", names: { en: ["cup"], zh: ["杯子"] }, synset: "n07930864" }, named("mug")],
    ],
    ["names by index", '{"1": "mug", "0": "cup"}', [named("cup"), named("mug")]],
    [
      "id2label of Hugging Face",
      '{"architectures": ["x"], "id2label": {"0": "cup", "1": "mug"}, "label2id": {"cup": 0}}',
      [named("cup"), named("mug")],
    ],
    [
      "two classes of the same name",
      "crane\ncup\ncrane",
      [named("crane"), named("cup"), named("crane (2)", "crane")],
    ],
  ])("reads %s", (_what, text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  it("names the table if a class is one of its rows", () => {
    expect(parseLabels("n01440764\ninvoice", table).table).toBe("imagenet1k");
    expect(parseLabels("receipt\ninvoice", table).table).toBeUndefined();
  });

  it("reads the labels of a manifest", () => {
    const labels = { classes: ["invoice", "cup"], kinds: [{ id: "paper" }] };
    expect(parseLabels(JSON.stringify(labels), table)).toEqual(labels);
  });

  it("reads more classes than ImageNet has", () => {
    const names = Array.from({ length: 1001 }, (_, i) => (i === 0 ? "background" : `class ${i}`));
    expect(parse(names.join("\n"))).toHaveLength(1001);
  });

  it("truncates the id, but not the name, to 100 characters", () => {
    const name = "a".repeat(150);
    expect(parse(`${name}\nb`)[0]).toEqual(named("a".repeat(100), name));
  });

  it.each<[what: string, text: string, reason: RegExp]>([
    ["an empty list", " \n# nothing\n", /no class/],
    ["broken JSON", '["cup"', /not valid JSON/],
    ["a missing index", '{"0": "cup", "2": "mug"}', /"2" is not the index/],
    ["an object without an id", '[{"zh": "杯子"}]', /class 0 has no id/],
    ["a single class", "invoice", /expected array to have >=2/],
    ["an id twice", "id,en\na,x\na,y", /"a" twice/],
    ["a class that is a number", "[1, 2]", /class 0 is neither a text nor an object/],
  ])("rejects %s", (_what, text, reason) => {
    expect(() => parse(text)).toThrow(reason);
  });

  it.skipIf(!existsSync(NETWORKS)).each<[file: string, ids: string[]]>([
    ["labels.txt", ["church", "fish", "spaniel"]],
    ["labels2.txt", ["English springer", "tench", "church"]],
    ["labels3.txt", ["n00000001", "n00000002", "n00000003"]],
    ["labels4.txt", ["n03028079", "n01440764", "n02102040"]],
  ])("reads ../shared/networks/%s", async (file, ids) => {
    const classes = parse(await readFile(new URL(file, NETWORKS), "utf8"));
    expect(classes.map((entry) => (typeof entry === "string" ? entry : entry.id))).toEqual(ids);
  });
});
