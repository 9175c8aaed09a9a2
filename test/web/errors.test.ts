import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { openLocalBucket } from "../../cli/buckets/local-bucket.ts";
import { messages } from "../../web/src/i18n/messages.ts";
import { answerIn, choosePhoto, describePage, example } from "./support/page.ts";

const give = (page: Page, buffer: Buffer) =>
  choosePhoto(page, { name: "photo.jpg", mimeType: "image/jpeg", buffer });

describePage("errors on the page", {}, ({ open }) => {
  const photo = () => readFile(example("espresso.jpg"));

  it.each<[what: string, make: () => Promise<Buffer>, words: string, code: string]>([
    ["a text file", async () => Buffer.from("text"), "not a supported photo", "IMAGE_UNSUPPORTED"],
    ["an empty file", async () => Buffer.alloc(0), "The file is empty", "IMAGE_EMPTY"],
    [
      "a truncated photo",
      async () => (await photo()).subarray(0, 2000),
      "The photo is damaged",
      "IMAGE_CORRUPT",
    ],
  ])("choosing %s is explained, with advice and the code", async (_, make, words, code) => {
    const { page } = await open();
    await give(page, await make());
    const alert = page.getByRole("alert");
    await alert.waitFor();
    expect(await alert.textContent()).toContain(words);
    expect(await alert.textContent()).toContain(code);
  });

  it("entering a URL that is not allowed is explained", async () => {
    const { page } = await open();
    await page.getByLabel("Photo URL").fill("http://169.254.169.254/photo.jpg");
    await page.getByRole("button", { name: "Classify" }).click();
    await page.getByRole("main").getByText("That URL is not allowed.").waitFor();
  });

  it("a lost connection is explained, and the photo can be sent again", async () => {
    const { page } = await open();
    await page.context().setOffline(true);
    await give(page, await photo());
    await page.getByRole("heading", { name: "The service cannot be reached." }).waitFor();
    await page.context().setOffline(false);
    await page.getByRole("button", { name: "Try again" }).click();
    await answerIn(page).waitFor();
  });
});

describePage("a slow network", {}, ({ open }) => {
  it("the page shows how much of the photo has been sent, and can cancel", async () => {
    const { page } = await open();
    const network = await page.context().newCDPSession(page);
    await network.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 20,
      downloadThroughput: 1e6,
      uploadThroughput: 8_000,
    });
    await give(page, await readFile(example("espresso.jpg")));
    await page
      .getByRole("main")
      .getByText(/Sending: [1-9]\d?%/)
      .waitFor();
    await page.getByRole("main").getByText("This is taking longer than usual").waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    expect(await page.getByRole("progressbar").count()).toBe(0);
    await page.getByRole("main").getByText("Your photo is still here").waitFor();
    expect(await page.getByRole("button", { name: "Try again" }).isVisible()).toBe(true);
    expect(await page.getByRole("alert").count()).toBe(0);
  });
});

describePage("too many requests", { requestsPerMinute: 2 }, ({ open }) => {
  it("the page counts down to the next try", async () => {
    const { page } = await open();
    const button = page.getByRole("button", { name: /Try again in \d+ s/ });
    // The third request of a minute; more, if a new minute has begun meanwhile.
    const ask = async () => {
      await page.getByRole("button", { name: "A cat" }).click();
      await button.waitFor({ timeout: 3000 }).catch(() => {});
      return button.isVisible();
    };
    await expect.poll(ask, { timeout: 120_000 }).toBe(true);
    expect(await button.isDisabled()).toBe(true);
    const seconds = async () => Number(/\d+/.exec((await button.textContent()) ?? "")?.[0]);
    const before = await seconds();
    await expect.poll(seconds, { timeout: 30_000 }).toBeLessThan(before);
  });
});

/** Without aliases.json no model can be used. */
async function withoutAliases(configPath: string) {
  const { bucket, close } = await openLocalBucket(configPath);
  await bucket.delete("aliases.json");
  await close();
  return {};
}

describePage("a model that is not ready", withoutAliases, ({ open }) => {
  it("the page says that the model is not ready, and offers another try in some seconds", async () => {
    const { page } = await open();
    await page.getByRole("button", { name: "A cat" }).click();
    await page.getByRole("heading", { name: "The model is not ready." }).waitFor();
    await page.getByRole("button", { name: /Try again in \d s/ }).waitFor();
    const retry = page.getByRole("button", { name: "Try again", exact: true });
    await retry.waitFor();
    expect(await retry.isEnabled()).toBe(true);
  });
});

describe("the texts of the page", () => {
  /** Codes that the page cannot cause: of image sources and endpoints it does not use, and of mistakes in its code. */
  const NEVER = new Set([
    "BAD_USER_INPUT",
    "UNSUPPORTED_MEDIA_TYPE",
    "IMAGE_NOT_FOUND",
    "REQUEST_TOO_COSTLY",
    "REQUEST_FORBIDDEN",
    "REQUEST_ABORTED",
    "NOT_FOUND",
    "METHOD_NOT_ALLOWED",
    "NOT_ACCEPTABLE",
    "OPERATION_RESOLUTION_FAILURE",
    "PERSISTED_QUERY_NOT_SUPPORTED",
    "CONFIG_INVALID",
    "GRAPHQL_PARSE_FAILED",
    "GRAPHQL_VALIDATION_FAILED",
    "BAD_REQUEST",
    "INTERNAL_SERVER_ERROR",
  ]);

  it("every code of docs/errors.md that the page can cause is explained in both languages", async () => {
    const text = await readFile(new URL("../../docs/errors.md", import.meta.url), "utf8");
    const rows = text.split("\n").filter((line) => line.startsWith("| `"));
    const codes = rows.flatMap((row) => (row.split("|")[1] as string).match(/[A-Z_]{5,}/g) ?? []);
    expect(codes.length).toBeGreaterThan(15);
    for (const code of codes.filter((code) => !NEVER.has(code))) {
      for (const { errors } of [messages.en, messages.zh])
        expect(Object.keys(errors)).toContain(code);
    }
  });
});
