/** `resnet-edge model pull`: weights from their source, verified, as an ONNX graph. */
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { parseArgs } from "node:util";
import { CliError } from "../cli-error.ts";
import { download } from "../download.ts";
import { ProgressBar } from "../progress-bar.ts";
import { readSafetensors } from "../read-safetensors.ts";
import { buildResNet } from "../resnet/build-resnet.ts";
import { CATALOGUE, type CatalogueEntry } from "./catalogue.ts";

const DEFAULT_INPUT_SIZE = 224;
const names = CATALOGUE.map(({ name }) => name).join(", ");

export const PULL_USAGE = `resnet-edge model pull NAME [options]

Downloads the weights of a network, verifies them, and writes it as fp32.onnx; of a ResNet's
safetensors with the outputs logits, embedding and features, and the classifier in head.f16.bin.
Run again, it goes on where it broke off.

NAME is one of ${names};
or with --from a name of your choice.

  --from PATH|URL     a .safetensors (ResNet-18, 34, 50 by torchvision's names) or .onnx file
  --sha256 HEX        what the file must hash to
  --input-size N      side of the input in pixels (default ${DEFAULT_INPUT_SIZE})
  --enlarge N:M       take N pixels and enlarge them to M before the first convolution
  --mirror URL        fetch from this host in place of the catalogue's (also: HF_ENDPOINT)
  --out DIR           default: .resnet-edge/NAME
  --json              one line of JSON in place of words`;

/** What was pulled. */
export type Pulled = {
  readonly name: string;
  readonly folder: string;
  readonly source: string;
  readonly licence: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly architecture: string;
  readonly files: readonly string[];
};

type Options = ReturnType<typeof parseOptions>;

/** @throws CliError */
export async function pullModel(args: readonly string[]): Promise<Pulled> {
  const options = parseOptions(args);
  const { name } = options;
  const folder = options.out ?? join(".resnet-edge", name);
  await mkdir(folder, { recursive: true });
  const entry = options.from === undefined ? findEntry(name) : describeOwn(name, options.from);
  const source = join(folder, `source.${entry.format}`);
  const url = withMirror(entry.url, options.mirror);
  const { bytes, sha256 } = await fetchTo(source, url, entry, options);
  const written = await convert(source, entry, folder, options);
  const pulled = {
    name,
    folder,
    source: entry.url,
    licence: entry.licence,
    bytes,
    sha256,
    ...written,
    files: [basename(source), ...written.files, "source.json"],
  };
  await writeFile(join(folder, "source.json"), `${JSON.stringify(pulled, null, 2)}\n`);
  return pulled;
}

function parseOptions(args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      from: { type: "string" },
      sha256: { type: "string" },
      "input-size": { type: "string" },
      enlarge: { type: "string" },
      mirror: { type: "string" },
      out: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0 || !/^[a-z0-9][a-z0-9.-]*$/.test(name)) {
    throw new CliError(
      "It is not clear what to pull.",
      "model pull takes one name of lower-case letters, digits, '-' and '.'.",
      `Name one of ${names}; or any with --from.`,
    );
  }
  return { ...values, ...readSizes(values), name };
}

/** The sides that the graph is built for. */
function readSizes(values: { "input-size"?: string; enlarge?: string }) {
  const size = values["input-size"];
  const both = /^(\d+):(\d+)$/.exec(values.enlarge ?? "");
  const inputSize = Number(both?.[1] ?? size ?? DEFAULT_INPUT_SIZE);
  const enlargeTo = both ? Number(both[2]) : undefined;
  const valid = (side: number) => Number.isInteger(side) && side >= 32 && side <= 1024;
  if ((values.enlarge === undefined || both) && valid(inputSize) && valid(enlargeTo ?? 32)) {
    return { inputSize, enlargeTo };
  }
  throw new CliError(
    "The size of the input is wrong.",
    `--input-size is ${size ?? "not given"}, --enlarge ${values.enlarge ?? "not given"}.`,
    "Give sides from 32 to 1024 pixels, as in --input-size 224 or --enlarge 84:128.",
  );
}

function findEntry(name: string): CatalogueEntry {
  const entry = CATALOGUE.find((known) => known.name === name);
  if (entry) return entry;
  throw new CliError(
    `There is no network called ${name}.`,
    `The catalogue has ${names}.`,
    "Name one of these, or give --from PATH|URL for your own.",
  );
}

function describeOwn(name: string, from: string): CatalogueEntry {
  const extension = extname(/^https?:/.test(from) ? new URL(from).pathname : from);
  if (extension !== ".safetensors" && extension !== ".onnx") {
    throw new CliError(
      `${from} cannot be pulled.`,
      `Its name ends in "${extension}".`,
      "Give a .safetensors or an .onnx file.",
    );
  }
  const format = extension === ".onnx" ? "onnx" : "safetensors";
  return { name, format, url: from, licence: "your own", description: "given by --from" };
}

/** Hugging Face's own variable moves its files; --mirror moves any. */
function withMirror(url: string, mirror: string | undefined): string {
  if (!/^https?:/.test(url)) return url;
  const endpoint =
    mirror ?? (url.startsWith("https://huggingface.co/") ? process.env.HF_ENDPOINT : undefined);
  if (endpoint === undefined) return url;
  if (!URL.canParse(endpoint)) {
    throw new CliError(
      "The mirror cannot be used.",
      `"${endpoint}" is no URL.`,
      "Give one as https://hf-mirror.com.",
    );
  }
  const { pathname, search } = new URL(url);
  return `${endpoint.replace(/\/+$/, "")}${pathname}${search}`;
}

async function fetchTo(path: string, url: string, entry: CatalogueEntry, options: Options) {
  const expected = { bytes: entry.bytes, sha256: options.sha256 ?? entry.sha256 };
  if (!/^https?:/.test(url)) return takeFile(path, url, expected.sha256);
  const bar = new ProgressBar(entry.name, { silent: options.json });
  try {
    return await download({
      url,
      path,
      ...expected,
      trustHost: options.from !== undefined,
      onProgress: (received, total) => bar.update(received, total ?? entry.bytes),
    });
  } finally {
    bar.end();
  }
}

async function takeFile(path: string, from: string, expected: string | undefined) {
  const bytes = await readFile(from).catch((cause: Error) => {
    throw new CliError(
      `${from} cannot be read.`,
      `${cause.message}.`,
      "Give a file's path.",
      cause,
    );
  });
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  if (expected !== undefined && expected !== sha256) {
    throw new CliError(
      `${from} is not the file that was expected.`,
      `Its SHA-256 is ${sha256}, not ${expected}.`,
      "Give another file, or another --sha256.",
    );
  }
  await writeFile(path, bytes);
  return { bytes: bytes.byteLength, sha256 };
}

async function convert(source: string, entry: CatalogueEntry, folder: string, options: Options) {
  if (entry.format === "onnx") {
    await copyFile(source, join(folder, "fp32.onnx"));
    return { architecture: entry.description, files: ["fp32.onnx"] };
  }
  const tensors = readSafetensors(new Uint8Array(await readFile(source)), entry.url);
  const { inputSize, enlargeTo } = options;
  const { model, head, architecture } = buildResNet(tensors, entry.url, {
    inputSize,
    ...(enlargeTo === undefined ? {} : { enlargeTo }),
  });
  await writeFile(join(folder, "fp32.onnx"), model);
  await writeFile(join(folder, "head.f16.bin"), new Uint8Array(toHalves(head.data)));
  return { architecture, files: ["fp32.onnx", "head.f16.bin"] };
}

/** Little-endian half precision, as manifests call it. */
function toHalves(data: Float32Array): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(data.length * 2));
  data.forEach((value, i) => {
    view.setFloat16(i * 2, value, true);
  });
  return view.buffer;
}
