/** `resnet-edge model pull`: weights from their source, verified, as a model folder. */
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import type { ModelManifest } from "../../../src/models/manifest.ts";
import { CliError } from "../../cli-error.ts";
import { type Command, type Options, parseOptions, readNumber } from "../../command.ts";
import { CATALOGUE, type CatalogueEntry } from "../../downloads/catalogue.ts";
import { type ConvertedNetwork, convertSource } from "../../downloads/convert-source.ts";
import { download } from "../../downloads/download.ts";
import {
  FACT_OPTIONS,
  FACT_USAGE,
  type ModelFacts,
  readFacts,
  SIDES,
} from "../../models/model-facts.ts";
import { writeModelFolder } from "../../models/model-folder.ts";
import { ProgressBar } from "../../terminal/progress-bar.ts";

const names = CATALOGUE.map(({ name }) => name).join(", ");
const IMAGENET_CLASSES = 1000;
/** Until model evaluate finds a better one. */
const FIRST_THRESHOLD = 0.5;

const USAGE = `resnet-edge model pull NAME [options]

Downloads the weights of a network, verifies them, and writes a model folder: fp32.onnx, manifest.json,
and of a ResNet's safetensors head.f16.bin. Run again, it goes on where it broke off.

NAME is one of ${names};
or with --from a name of your choice.

  --from PATH|URL     a .safetensors (ResNet-18, 34, 50 by torchvision's names) or .onnx file
  --sha256 HEX        what the file must hash to
  --enlarge N:M       take N pixels and enlarge them to M before the first convolution (safetensors)
${FACT_USAGE}
  --mirror URL        fetch from this host in place of the catalogue's (also: HF_ENDPOINT)
  --out DIR           default: .resnet-edge/NAME
  --json              one line of JSON in place of words`;

const OPTIONS = {
  ...FACT_OPTIONS,
  from: "string",
  sha256: "string",
  enlarge: "string",
  mirror: "string",
  out: "string",
} as const;

type PullOptions = Options<typeof OPTIONS>;

/** What was pulled. */
export type Pulled = {
  readonly name: string;
  readonly folder: string;
  readonly source: string;
  /** Of the file that came. */
  readonly bytes: number;
  readonly sha256: string;
  readonly manifest: ModelManifest;
};

export const pull: Command = {
  usage: USAGE,
  run: async (args) => {
    const result = await pullModel(args);
    const { name, folder, sha256, manifest } = result;
    return {
      result,
      words: `${name} (${manifest.architecture}, ${manifest.licence}) is in ${folder}.
SHA-256 of the source: ${sha256}
Next: resnet-edge model quantize ${folder} --images DIR`,
    };
  },
};

async function pullModel(args: readonly string[]): Promise<Pulled> {
  const { options, words } = parseOptions(args, OPTIONS);
  const name = readName(words);
  const enlarge = readEnlarge(options.enlarge);
  const entry = options.from === undefined ? findEntry(name) : describeOwn(name, options.from);
  const facts = await readFacts(options, { licence: entry.licence, inputSize: enlarge?.from });
  const folder = options.out ?? join(".resnet-edge", name);
  await mkdir(folder, { recursive: true });
  const source = join(folder, `source.${entry.format}`);
  const url = withMirror(entry.url, options.mirror);
  const { bytes, sha256 } = await fetchTo(source, url, entry, options);
  const network = await convertSource(new Uint8Array(await readFile(source)), entry, {
    inputSize: facts.preprocess.crop,
    enlargeTo: enlarge?.to,
  });
  const { manifest } = await writeModelFolder(
    folder,
    describe(name, `${entry.url} (SHA-256 ${sha256})`, facts, network),
    network.files,
  );
  return { name, folder, source: entry.url, bytes, sha256, manifest };
}

function readName(words: readonly string[]): string {
  const [name, ...more] = words;
  if (name !== undefined && more.length === 0 && /^[a-z0-9][a-z0-9.-]*$/.test(name)) return name;
  throw new CliError(
    "It is not clear what to pull.",
    "model pull takes one name of lower-case letters, digits, '-' and '.'.",
    `Name one of ${names}; or any with --from.`,
  );
}

/** Sides in pixels. */
function readEnlarge(text: string | undefined) {
  if (text === undefined) return undefined;
  const both = /^(\d+):(\d+)$/.exec(text);
  const from = readNumber("enlarge", both?.[1] ?? text, SIDES) as number;
  const to = readNumber("enlarge", both?.[2] ?? text, SIDES) as number;
  if (both) return { from, to };
  throw new CliError(
    "--enlarge is wrong.",
    `It is ${text}, but must be two sides in pixels.`,
    "Give it as in --enlarge 84:128.",
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
  return { name, format, url: from, licence: "your own", description: name };
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

async function fetchTo(path: string, url: string, entry: CatalogueEntry, options: PullOptions) {
  const expected = { bytes: entry.bytes, sha256: options.sha256 ?? entry.sha256 };
  if (!/^https?:/.test(url)) return takeFile(path, url, expected.sha256);
  const bar = new ProgressBar(entry.name, { silent: options.json, unit: "MB", scale: 1e6 });
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
  await writeFile(`${path}.part`, bytes);
  await rename(`${path}.part`, path);
  return { bytes: bytes.byteLength, sha256 };
}

function describe(
  name: string,
  source: string,
  facts: ModelFacts,
  network: ConvertedNetwork,
): ModelManifest {
  const { version, preprocess, labels, licence } = facts;
  const { crop } = preprocess;
  const classes = labels.synsets?.length ?? IMAGENET_CLASSES;
  if (classes !== network.classes) {
    throw new CliError(
      `${name} has other classes than it was said to.`,
      `Its output has ${network.classes} numbers, but ${classes} classes are named.`,
      "Give its classes as --labels FILE, one synset a line in the order of its output.",
    );
  }
  return {
    schemaVersion: 1,
    id: name,
    version,
    architecture: facts.architecture ?? network.architecture,
    files: network.entries,
    input: { name: network.inputName, shape: [1, 3, crop, crop], color: "RGB" },
    preprocess,
    outputs: network.outputs,
    labels,
    metrics: {},
    licence,
    source,
    recommendedThreshold: FIRST_THRESHOLD,
  };
}
