/** Settings mean what they say, or are refused. */
import { describe, expect, it } from "vitest";
import { parseConfig, requireEngine, type Settings } from "../../src/config.ts";

describe("parseConfig", () => {
  it("selects the hardened profile if PROFILE is absent", () => {
    expect(parseConfig({}).profile).toBe("hardened");
  });

  it.each([
    ["https://www.example.com", ["https://www.example.com"]],
    ["https://www.example.com/", ["https://www.example.com"]],
    ["HTTPS://WWW.Example.COM", ["https://www.example.com"]],
    [
      "https://www.example.com:443, http://localhost:80",
      ["https://www.example.com", "http://localhost"],
    ],
    ["http://localhost:5173", ["http://localhost:5173"]],
    ["https://bücher.example", ["https://xn--bcher-kva.example"]],
    ["", []],
    ["*", undefined],
    ["https://www.example.com *", undefined],
  ])("reads CORS_ORIGINS=%s as %j", (CORS_ORIGINS, expected) => {
    expect(parseConfig({ CORS_ORIGINS }).corsOrigins).toEqual(expected);
  });

  it.each([
    ["images.example.com", ["images.example.com"]],
    ["Images.Example.COM.", ["images.example.com"]],
    ["images.example.com:443,b.example:80", ["images.example.com", "b.example"]],
    ["127.0.0.1:8080 [::1]:8080", ["127.0.0.1:8080", "[::1]:8080"]],
    ["", []],
  ])("reads URL_ALLOWED_HOSTS=%s as %j", (URL_ALLOWED_HOSTS, expected) => {
    expect(parseConfig({ URL_ALLOWED_HOSTS }).urlAllowedHosts).toEqual(expected);
  });

  it.each<Settings>([
    { CORS_ORIGINS: "www.example.com" },
    { CORS_ORIGINS: "https://www.example.com/shop" },
    { CORS_ORIGINS: "https://*.example.com" },
    { CORS_ORIGINS: "null" },
    { CORS_ORIGINS: "ftp://example.com" },
    { URL_ALLOWED_HOSTS: "https://images.example.com" },
    { URL_ALLOWED_HOSTS: "images.example.com/photos" },
    { URL_ALLOWED_HOSTS: "*.example.com" },
    { URL_ALLOWED_HOSTS: "user@example.com" },
    { URL_ALLOWED_HOSTS: "images.example.com:port" },
    { ALIASES_TTL_SECONDS: "" },
    { ALIASES_TTL_SECONDS: " " },
    { ALIASES_TTL_SECONDS: "-1" },
    { ALIASES_TTL_SECONDS: "30s" },
    { RESULT_CACHE_SECONDS: "" },
    { RESULT_CACHE_SECONDS: "1.5" },
    { MAX_IMAGE_BYTES: "" },
    { MAX_IMAGE_BYTES: "0" },
    { MAX_IMAGE_BYTES: "10 MB" },
    { QUEUE_LENGTH: "1e3" },
    { PROFILE: "" },
    { ENGINE: "" },
    { ENGINE: "tensorflow" },
    { ENGINE: "LiteRT" },
    { REQUIRE_API_KEY: "yes" },
  ])("refuses %j with CONFIG_INVALID, and names the setting", (settings) => {
    expect(() => parseConfig(settings)).toThrow(
      expect.objectContaining({
        code: "CONFIG_INVALID",
        message: expect.stringContaining(Object.keys(settings)[0] as string),
      }),
    );
  });

  it("reads numbers in quotes and without", () => {
    const settings = { QUEUE_LENGTH: 5, ALIASES_TTL_SECONDS: "0.5" } as unknown as Settings;
    expect(parseConfig(settings)).toMatchObject({ queueLength: 5, aliasesTtlMs: 500 });
  });
});

describe("requireEngine", () => {
  const onnxruntime = () => Promise.reject(new Error("not started"));
  const only = { onnxruntime };

  it("refuses an engine that the build does not have, and says what to set", () => {
    expect(() => requireEngine("litert", only)).toThrow(
      expect.objectContaining({
        code: "CONFIG_INVALID",
        message: expect.stringMatching(/ENGINE.*does not have LiteRT.*"auto" or "onnxruntime"/),
      }),
    );
  });

  it("accepts those that it has, and auto with ONNX Runtime", () => {
    expect(parseConfig({}).engine).toBe("auto");
    expect(() => requireEngine("auto", only)).not.toThrow();
    expect(() => requireEngine("auto", { litert: onnxruntime })).toThrow(/"litert"/);
    expect(() => requireEngine("onnxruntime", only)).not.toThrow();
    expect(() => requireEngine("litert", { ...only, litert: onnxruntime })).not.toThrow();
  });
});
