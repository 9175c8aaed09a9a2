import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { ImageSources } from "../../src/sources/read-image-input.ts";
import { readImageInput } from "../../src/sources/read-image-input.ts";

const sources = { maxBytes: 100_000, images: undefined } as unknown as ImageSources;
/** Every byte, so that every digit of Base64 occurs. */
const bytes = Uint8Array.from({ length: 1000 }, (_, i) => (i * 7) & 255);
const base64 = Buffer.from(bytes).toString("base64");

function read(text: string): Promise<Uint8Array> {
  return readImageInput({ base64: text }, sources, () => ({ bytes: 0, release() {} }));
}

/** Breaks a text into lines. */
function wrap(text: string, length: number, lineBreak: string): string {
  return text.replace(new RegExp(`.{${length}}(?=.)`, "g"), `$&${lineBreak}`);
}

describe("an image as Base64", () => {
  it.each([
    ["as it is", base64],
    ["without padding", base64.replace(/=+$/, "")],
    ["in the URL-safe alphabet", Buffer.from(bytes).toString("base64url")],
    ["in lines of 76 characters", wrap(base64, 76, "\r\n")],
    ["with a space for each line break", wrap(base64, 76, " ")],
    ["in indented lines", wrap(base64, 64, "\n  ")],
    ["with white space around it", ` \n${base64}\t `],
    ["as a data URI", `data:image/jpeg;base64,${base64}`],
    ["as a data URI with parameters", ` DATA:image/png;charset=x;base64 ,${base64}`],
    ["as a data URI without a media type", `data:;base64,${base64}`],
    ["as a percent-encoded data URI", `data:image/jpeg;base64,${encodeURIComponent(base64)}`],
    [
      "with everything percent-encoded",
      `data:;base64,${base64.replace(/[+/=]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)}`,
    ],
    ["with percent-encoded line breaks", `data:;base64,${wrap(base64, 76, "%0D%0A")}`],
  ])("is decoded: %s", async (_name, text) => {
    expect(await read(text)).toEqual(bytes);
  });

  it.each([1, 2, 3, 4, 5])("is decoded at a length of %i", async (length) => {
    const part = bytes.slice(0, length);
    expect(await read(Buffer.from(part).toString("base64"))).toEqual(part);
  });

  it.each([
    ["a character of no alphabet", "AAA!AAAA"],
    ["a character beyond ASCII", "AAAÄAAAA"],
    ["an impossible length", "AAAAA"],
    ["too much padding", "AAAA===="],
    ["padding that does not fit", "AAA=="],
    ["digits after padding", "AA==AAAA"],
    ["an incomplete percent escape", "data:;base64,AAA%2"],
    ["a percent escape of no digit", "data:;base64,AAA%00"],
  ])("is refused: %s", async (_name, text) => {
    await expect(read(text)).rejects.toThrow(/is not Base64: it has invalid characters/);
  });

  it("names plus signs that a form turned into spaces", async () => {
    const form = new URLSearchParams(`base64=${base64}`).get("base64") as string;
    expect(form).toContain(" ");
    await expect(read(form)).rejects.toThrow(/were "\+" before/);
    await expect(read(`data:image/png;base64,${form}`)).rejects.toThrow(/encodeURIComponent/);
  });

  it("is refused by name as a data URI of another encoding", async () => {
    await expect(read("data:image/svg+xml,%3Csvg/%3E")).rejects.toThrow(/not Base64-encoded/);
    await expect(read(`data:${"x".repeat(5000)};base64,AAAA`)).rejects.toThrow(
      /not Base64-encoded/,
    );
  });

  it("is refused by the size of its bytes, not of its text", async () => {
    const large = randomBytes(sources.maxBytes + 1);
    const fitting = large.subarray(0, sources.maxBytes);
    expect(await read(encodeURIComponent(fitting.toString("base64")))).toEqual(
      new Uint8Array(fitting),
    );
    await expect(read(large.toString("base64"))).rejects.toMatchObject({
      code: "IMAGE_TOO_LARGE",
      details: { value: sources.maxBytes + 1 },
    });
  });
});
