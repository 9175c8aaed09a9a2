/** `npm run classify -- photo.jpg`: classifies a photo without a browser. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { formatTable } from "../cli/terminal/format-table.ts";
import { ENGINE_SETTINGS, ENGINES } from "../src/inference/engines/engine.ts";
import { seedLocalBucket, startLocalWorker } from "./local-worker.ts";
import { uploadQuery } from "./upload-query.ts";

const USAGE = `Usage: npm run classify -- PHOTO [options]

  --top-k N       number of predictions (default: 3)
  --threshold P   lowest confidence, 0 to 1 (default: the model's recommendation for the answer)
  --locale L      language of the labels: en or zh (default: en)
  --model NAME    alias or id@version (default: the alias "default")
  --engine NAME   auto, onnxruntime or litert (default: auto)
  --json          print the raw GraphQL response
  -h, --help      show this help`;

const QUERY = /* GraphQL */ `
  query Classify($image: File!, $topK: Int, $threshold: Float, $locale: Locale, $model: String) {
    classify(image: { upload: $image }, topK: $topK, threshold: $threshold, locale: $locale, model: $model) {
      predictions { rank label id confidence }
      answer { kind label confidence }
      model { id version engine }
      image { format width height orientation bytes }
      timing { totalMs }
    }
  }
`;

const TITLES = { LITERT: ENGINES.litert.title, ONNXRUNTIME: ENGINES.onnxruntime.title };

/** The part of the response that the table shows. */
type ClassifyResponse = {
  readonly data?: {
    readonly classify: {
      readonly predictions: readonly {
        readonly rank: number;
        readonly label: string;
        readonly id: string;
        readonly confidence: number;
      }[];
      readonly answer: {
        readonly kind: string;
        readonly label: string;
        readonly confidence: number | null;
      };
      readonly model: {
        readonly id: string;
        readonly version: string;
        readonly engine: "LITERT" | "ONNXRUNTIME" | null;
      };
    };
  };
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: string };
  }[];
};

const { photo, variables, json, engine } = readArguments(process.argv.slice(2));
const bytes = await readFile(photo).catch((error: NodeJS.ErrnoException) => {
  fail(`Cannot read ${photo}: ${error.message}. Give the path of a photo.`);
});
await seedLocalBucket();
const worker = await startLocalWorker({
  port: 0,
  logLevel: "none",
  watch: false,
  settings: { ENGINE: engine },
});
try {
  const response = await fetch(new URL("/graphql", worker.url), {
    method: "POST",
    body: uploadQuery(QUERY, variables, "image", new File([bytes], basename(photo))),
  });
  const text = await response.text();
  if (json) console.log(text);
  else print(JSON.parse(text));
  if (!response.ok) process.exitCode = 1;
} finally {
  await worker.dispose();
}

function print({ data, errors }: ClassifyResponse): void {
  for (const { message, extensions } of errors ?? []) {
    console.error(`${extensions?.code ?? "ERROR"}: ${message}`);
    process.exitCode = 1;
  }
  if (!data) return;
  const { predictions, answer, model } = data.classify;
  const rows = predictions.map(({ rank, label, id, confidence }) => [
    String(rank),
    label,
    id,
    percent(confidence),
  ]);
  console.log(formatTable(["rank", "label", "id", "confidence"], rows));
  const engine = model.engine === null ? "" : `, with ${TITLES[model.engine]}`;
  const sure = answer.confidence === null ? "" : ` (${percent(answer.confidence)})`;
  console.log(`\nAnswer: ${answer.label}${sure}, by ${model.id}@${model.version}${engine}`);
}

function percent(confidence: number): string {
  return `${(confidence * 100).toFixed(1)} %`;
}

function readArguments(args: string[]) {
  const { values, positionals } = parse(args);
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  const [photo] = positionals;
  if (photo === undefined || positionals.length > 1) fail(USAGE);
  const locale = (values.locale ?? "en").toUpperCase();
  if (locale !== "EN" && locale !== "ZH")
    fail(`--locale is "${values.locale}", but must be en or zh.`);
  const engine = values.engine ?? "auto";
  if (!ENGINE_SETTINGS.some((setting) => setting === engine)) {
    fail(`--engine is "${engine}", but must be one of ${ENGINE_SETTINGS.join(", ")}.`);
  }
  return {
    photo,
    engine,
    json: values.json ?? false,
    variables: {
      topK: toNumber("--top-k", values["top-k"]),
      threshold: toNumber("--threshold", values.threshold),
      locale,
      model: values.model,
    },
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        "top-k": { type: "string" },
        threshold: { type: "string" },
        locale: { type: "string" },
        model: { type: "string" },
        engine: { type: "string" },
        json: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    return fail(`${(error as Error).message}\n\n${USAGE}`);
  }
}

function toNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) fail(`${name} is "${text}", but must be a number.`);
  return value;
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
