import { describe, expect, it } from "vitest";
import { messages } from "../../web/src/i18n/messages.ts";

/** All texts of a value, those of functions with sample arguments. */
function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value === "function") return textsOf(call(value));
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

function call(make: CallableFunction): unknown {
  try {
    return make("猫", "照片", true);
  } catch {
    // The text about the default model takes a list.
    return make(["猫"]);
  }
}

describe("the Chinese texts", () => {
  it("no half-width punctuation is beside a Chinese character", () => {
    const wrong = textsOf(messages.zh).filter((text) =>
      /[\u4e00-\u9fff]\s*[,:;()!?]|[(]\s*[\u4e00-\u9fff]/.test(text),
    );
    expect(wrong).toEqual([]);
  });

  it("percentages have no space, in both languages", () => {
    const all = [...textsOf(messages.en.sure("39%")), ...textsOf(messages.zh.sure("39%"))];
    expect(all.join()).not.toMatch(/\d %/);
  });

  it("every error that has words in English has them in Chinese", () => {
    expect(Object.keys(messages.zh.errors)).toEqual(Object.keys(messages.en.errors));
    expect(Object.keys(messages.zh.formats)).toEqual(Object.keys(messages.en.formats));
  });
});
