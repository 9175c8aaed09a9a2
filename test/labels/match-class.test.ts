import { describe, expect, it } from "vitest";
import { readLabelSources } from "../../cli/platform/label-sources.ts";
import { labelSpecSchema } from "../../src/labels/class-spec.ts";
import { labelClasses } from "../../src/labels/label-classes.ts";
import { createClassMatcher } from "../../src/labels/match-class.ts";

const sources = await readLabelSources();
const matcher = (spec: object) =>
  createClassMatcher(labelClasses(labelSpecSchema.parse(spec), sources));

describe("createClassMatcher", () => {
  const imagenet = matcher({ table: "imagenet1k" });

  it.each([
    ["n01440764", "n01440764"],
    ["N01440764", "n01440764"],
    ["n01440764_tench", "n01440764"],
    ["tench", "n01440764"],
    ["Tinca_tinca", "n01440764"],
    ["虎斑猫", "n02123045"],
    ["ＴＥＮＣＨ", "n01440764"],
  ])("finds the class of %s", (name, id) => {
    expect(imagenet(name)).toBe(id);
  });

  it.each(["crane", "n00000000", "no such class", ""])("does not guess what %o is", (name) => {
    expect(imagenet(name)).toBeUndefined();
  });

  it("prefers ids over names", () => {
    const swapped = matcher({
      classes: [
        { id: "left", names: { en: ["right"] } },
        { id: "right", names: { en: ["left"] } },
      ],
    });
    expect(swapped("left")).toBe("left");
    expect(swapped("LEFT")).toBe("left");
  });
});
