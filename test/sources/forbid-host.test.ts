import { describe, expect, it } from "vitest";
import { fetchImage } from "../../src/sources/fetch-image.ts";
import { findForbidden } from "../../src/sources/forbid-host.ts";
import { FORBIDDEN_URLS } from "../support/forbidden-urls.ts";

const ACCEPTED = [
  "https://example.com/cat.jpg",
  "http://example.com/cat.jpg",
  "https://EXAMPLE.com./cat.jpg",
  "https://example.com:443/cat.jpg",
  "http://example.com:80/cat.jpg",
  "https://images.example.co.uk/a/b?c=d#e",
  "https://8.8.8.8/cat.jpg",
  "https://[2606:4700:4700::1111]/cat.jpg",
  "https://168.63.129.17/cat.jpg",
  "https://svc.example.com/cat.jpg",
  "https://bücher.example.com/cat.jpg",
  "https://internal.example.com/cat.jpg",
  "https://localhost.example.com/cat.jpg",
  "https://example.com/@127.0.0.1/cat.jpg",
  "https://172.32.0.1/cat.jpg",
] as const;

describe("findForbidden", () => {
  it.each(FORBIDDEN_URLS)("rejects %s", (url) => {
    expect(findForbidden(new URL(url))).toBeTypeOf("string");
  });

  it.each(ACCEPTED)("accepts %s", (url) => {
    expect(findForbidden(new URL(url))).toBeUndefined();
  });
});

describe("fetchImage", () => {
  it.each([
    "http://own.example/cat.jpg",
    "http://own.example./cat.jpg",
    "http://OWN.example:80/cat.jpg",
    "https://own.example:443/cat.jpg",
  ])(
    "does not fetch %s if own.example is the service itself, even if it is allowed",
    async (url) => {
      const rules = { maxBytes: 1000, allowedHosts: ["own.example"], ownHost: "own.example" };
      await expect(
        fetchImage(url, rules, () => ({ bytes: 0, release() {} })),
      ).rejects.toMatchObject({
        code: "IMAGE_URL_FORBIDDEN",
        message: expect.stringContaining("own host"),
      });
    },
  );
});
