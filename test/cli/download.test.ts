/** Downloads from a real host on this machine that behaves as badly as hosts on the network do. */
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Download, download } from "../../cli/downloads/download.ts";
import { runCli } from "./support/run-cli.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const hash = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
/** Larger than the buffers of a connection, and not compressible. */
const CONTENT = Buffer.from(
  Array.from({ length: 40_000 }, (_, i) => hash(Buffer.from(String(i)))).join(""),
  "hex",
);
const HALF = CONTENT.length / 2;
const OTHER = Buffer.from(CONTENT).reverse();

let endpoint: string;
let answer: Answer;
let ranges: (string | undefined)[];
let folder: string;
let path: string;

const server = createServer((request, response) => {
  ranges.push(request.headers.range);
  answer(request, response);
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

beforeEach(async () => {
  ranges = [];
  folder = await mkdtemp(join(tmpdir(), "resnet-edge-download-"));
  path = join(folder, "net.onnx");
  return () => rm(folder, { recursive: true });
});

const fetchIt = (options: Partial<Download> = {}) =>
  download({ url: `${endpoint}/net.onnx`, path, trustHost: true, ...options });

const plain: Answer = (_, response) => response.end(CONTENT);

const startOf = ({ headers }: IncomingMessage) =>
  Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? 0);

/** Serves ranges, with these headers. */
function serveRanges(headers: Record<string, string>, content = CONTENT): Answer {
  return (request, response) => {
    const start = startOf(request);
    const range = `bytes ${start}-${content.length - 1}/${content.length}`;
    response.writeHead(start > 0 ? 206 : 200, {
      ...headers,
      "content-length": content.length - start,
      ...(start > 0 ? { "content-range": range } : {}),
    });
    response.end(content.subarray(start));
  };
}

/** Sends the first half and closes the connection, once; then goes on with `then`. */
function cutOnce(headers: Record<string, string>, then: Answer): Answer {
  return (_, response) => {
    answer = then;
    response.writeHead(200, headers);
    response.write(CONTENT.subarray(0, HALF), () => breakOff(response, HALF));
  };
}

/** Waits until the bytes are on disk, because those in buffers get lost. */
async function breakOff(response: ServerResponse, bytes: number): Promise<void> {
  while ((await stat(`${path}.part`).catch(() => undefined))?.size !== bytes) await sleep(5);
  response.destroy();
}

const LENGTH = { "content-length": String(CONTENT.length) };

describe("download", () => {
  it.each<[what: string, headers: Record<string, string>]>([
    ["with a length", LENGTH],
    ["in chunks", {}],
  ])(
    "starts again if a host without tags closes the connection half-way, %s",
    async (_, headers) => {
      answer = cutOnce(headers, plain);
      expect((await fetchIt()).sha256).toBe(hash(CONTENT));
      expect(ranges).toEqual([undefined, undefined]);
    },
  );

  it.each<[what: string, headers: Record<string, string>, then: Answer]>([
    ["a body", LENGTH, (_, response) => response.socket?.destroy()],
    ["a compressed body", { "content-encoding": "gzip", connection: "close" }, plain],
  ])(
    "survives a host that closes the connection after the headers of %s",
    async (_, headers, next) => {
      let left = 2;
      answer = (request, response) => {
        if (left-- === 0) return plain(request, response);
        if (left === 0) return next(request, response);
        response.writeHead(200, headers);
        response.flushHeaders();
        return response.socket?.end();
      };
      expect((await fetchIt()).sha256).toBe(hash(CONTENT));
    },
  );

  it.each([
    ["a strong ETag", { etag: '"1"' }],
    ["a date", { "last-modified": "Fri, 27 Nov 2026 10:00:00 GMT" }],
    ["a weak ETag and a date", { etag: 'W/"1"', "last-modified": "Fri, 27 Nov 2026 10:00:00 GMT" }],
  ])("resumes if the host states %s", async (_, tag: Record<string, string>) => {
    answer = cutOnce({ ...LENGTH, ...tag }, serveRanges(tag));
    expect((await fetchIt()).sha256).toBe(hash(CONTENT));
    expect(ranges).toEqual([undefined, `bytes=${HALF}-`]);
  });

  it("resumes without a tag if the hash is known", async () => {
    answer = cutOnce(LENGTH, serveRanges({}));
    await fetchIt({ sha256: hash(CONTENT) });
    expect(ranges).toEqual([undefined, `bytes=${HALF}-`]);
  });

  it("fetches all of a file that changed while it was resumed without a tag", async () => {
    answer = cutOnce(LENGTH, serveRanges({}, OTHER));
    expect((await fetchIt({ sha256: hash(OTHER) })).sha256).toBe(hash(OTHER));
    expect(ranges).toEqual([undefined, `bytes=${HALF}-`, undefined]);
    expect(await readFile(path)).toEqual(OTHER);
  });

  it("starts again if the host sends another part than was asked for", async () => {
    answer = cutOnce({ ...LENGTH, etag: '"1"' }, (_, response) => {
      answer = plain;
      response.writeHead(206, { "content-range": `bytes 0-${CONTENT.length - 1}/*` });
      response.end(CONTENT);
    });
    expect((await fetchIt()).sha256).toBe(hash(CONTENT));
  });

  it("decompresses a body that the host compresses unasked", async () => {
    answer = (_, response) => {
      response.writeHead(200, { "content-encoding": "gzip", connection: "close" });
      response.end(gzipSync(CONTENT));
    };
    expect((await fetchIt()).sha256).toBe(hash(CONTENT));
  });

  it("tries again if the host goes silent", async () => {
    answer = (_, response) => {
      answer = (_request, silent) => {
        answer = plain;
        silent.flushHeaders();
      };
      response.writeHead(200, LENGTH);
      response.write(CONTENT.subarray(0, 1000));
    };
    expect((await fetchIt({ idleMs: 100 })).sha256).toBe(hash(CONTENT));
    expect(ranges).toHaveLength(3);
  });

  it("says that the host is silent if it stays so", async () => {
    answer = () => {};
    await expect(fetchIt({ idleMs: 50 })).rejects.toMatchObject({
      code: "DOWNLOAD_FAILED",
      why: "5 attempts failed, the last with: the host sent nothing for 0.05 s.",
    });
  });

  it("tries again if the host is overloaded, and gives up with its status", async () => {
    answer = (_, response) => {
      answer = plain;
      response.writeHead(503).end("busy");
    };
    expect((await fetchIt()).sha256).toBe(hash(CONTENT));
    answer = (_, response) => response.writeHead(503).end("busy");
    await expect(fetchIt()).rejects.toMatchObject({ why: expect.stringContaining("503") });
  });

  it("refuses a redirect to something other than http", async () => {
    answer = (_, response) => response.writeHead(302, { location: "file:///etc/passwd" }).end();
    await expect(fetchIt()).rejects.toMatchObject({
      code: "DOWNLOAD_FAILED",
      why: expect.stringContaining("file:///etc/passwd"),
    });
  });

  it("says that the disk is full, after one attempt", async () => {
    answer = plain;
    await symlink("/dev/full", `${path}.part`);
    await expect(fetchIt()).rejects.toMatchObject({
      code: "FILE_UNWRITABLE",
      why: expect.stringMatching(/^The disk is full: .*ENOSPC/),
    });
    expect(ranges).toHaveLength(1);
  });

  it("leaves no partial file behind", async () => {
    answer = serveRanges({ etag: '"1"' });
    await fetchIt();
    expect(await readdir(folder)).toEqual(["net.onnx"]);
  });
});

describe("model pull, over the network", () => {
  const args = (from: string) => ["model", "pull", "net", "--from", from, "--out", folder];

  it("reports an error that no caller can catch in the same three parts, also as JSON", async () => {
    const preload = join(folder, "throw-later.mjs");
    await writeFile(preload, 'setTimeout(() => { throw new Error("from a socket"); }, 1500);');
    answer = () => {}; // The command waits.
    const env = { NODE_OPTIONS: `--import ${preload}` };
    const plainText = await runCli(args(`${endpoint}/net.onnx`), { env });
    expect(plainText.code).toBe(1);
    expect(plainText.stderr).toMatch(/^error: .*\ncause: from a socket\nfix: {3}/);
    const json = await runCli([...args(`${endpoint}/net.onnx`), "--json"], { env });
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout).error).toMatchObject({
      code: "COMMAND_FAILED",
      cause: "from a socket",
    });
  });
});
