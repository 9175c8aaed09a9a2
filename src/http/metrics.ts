/** Metrics of an isolate, in the text format of Prometheus (version 0.0.4). */
import type { RequestTrace } from "../classification/request-trace.ts";

/** Upper bounds in seconds. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

const STAGES = ["wait", "decode", "preprocess", "inference"] as const;

type Labels = Readonly<Record<string, string | number>>;
type Histogram = { counts: number[]; sum: number; count: number };

/** Values that are read when the metrics are formatted, by name. */
export type Readings = Readonly<
  Record<
    string,
    {
      readonly type: "counter" | "gauge";
      readonly help: string;
      /** One number, or one for each value of a label. */
      readonly value:
        | number
        | { readonly label: string; readonly by: Readonly<Record<string, number>> };
    }
  >
>;

export type FinishedRequest = {
  readonly path: string;
  readonly status: number;
  readonly trace: RequestTrace;
};

export class Metrics {
  readonly #requests = new Map<string, number>();
  readonly #errors = new Map<string, number>();
  readonly #passes = new Map<string, number>();
  readonly #modelFailures = new Map<string, number>();
  readonly #stages = new Map<string, Histogram>();

  add({ path, status, trace }: FinishedRequest): void {
    increment(this.#requests, formatLabels({ path, status }));
    for (const code of trace.codes) increment(this.#errors, formatLabels({ code }));
    for (const model of trace.failedModels) {
      increment(this.#modelFailures, formatLabels({ model }));
    }
    for (const pass of trace.classifications) {
      const { model, engine, cached } = pass;
      increment(this.#passes, formatLabels({ model, engine, cached: String(cached) }));
      if (cached) continue;
      for (const stage of STAGES) this.#observe(stage, pass[`${stage}Ms`] / 1000);
    }
  }

  format(readings: Readings): string {
    return [
      ...formatCounter(
        "resnet_edge_requests_total",
        "Requests by path and status.",
        this.#requests,
      ),
      ...formatCounter("resnet_edge_errors_total", "Errors by code.", this.#errors),
      ...formatCounter(
        "resnet_edge_passes_total",
        "Passes by model, engine and cache use.",
        this.#passes,
      ),
      ...formatCounter(
        "resnet_edge_model_failures_total",
        "Images for which a model should have answered but failed.",
        this.#modelFailures,
      ),
      ...this.#formatStages("resnet_edge_stage_seconds"),
      ...Object.entries(readings).flatMap(([name, { type, help, value }]) => [
        `# HELP ${name} ${help}`,
        `# TYPE ${name} ${type}`,
        ...formatReading(name, value),
      ]),
      "",
    ].join("\n");
  }

  #observe(stage: string, seconds: number): void {
    const histogram = this.#stages.get(stage) ?? { counts: BUCKETS.map(() => 0), sum: 0, count: 0 };
    BUCKETS.forEach((bound, i) => {
      if (seconds <= bound) histogram.counts[i] = (histogram.counts[i] as number) + 1;
    });
    histogram.sum += seconds;
    histogram.count++;
    this.#stages.set(stage, histogram);
  }

  #formatStages(name: string): string[] {
    const lines = [`# HELP ${name} Duration of each stage of a pass.`, `# TYPE ${name} histogram`];
    for (const [stage, { counts, sum, count }] of this.#stages) {
      BUCKETS.forEach((le, i) => {
        lines.push(`${name}_bucket${formatLabels({ stage, le })} ${counts[i]}`);
      });
      lines.push(`${name}_bucket${formatLabels({ stage, le: "+Inf" })} ${count}`);
      lines.push(`${name}_sum${formatLabels({ stage })} ${sum}`);
      lines.push(`${name}_count${formatLabels({ stage })} ${count}`);
    }
    return lines;
  }
}

function increment(counter: Map<string, number>, labels: string): void {
  counter.set(labels, (counter.get(labels) ?? 0) + 1);
}

function formatReading(name: string, value: Readings[string]["value"]): string[] {
  if (typeof value === "number") return [`${name} ${value}`];
  const { label, by } = value;
  return Object.entries(by).map(
    ([key, each]) => `${name}${formatLabels({ [label]: key })} ${each}`,
  );
}

function formatCounter(name: string, help: string, counter: Map<string, number>): string[] {
  const values = [...counter].map(([labels, value]) => `${name}${labels} ${value}`);
  return [`# HELP ${name} ${help}`, `# TYPE ${name} counter`, ...values];
}

/** No value needs escaping, because paths, codes and models are known names. */
function formatLabels(labels: Labels): string {
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(",")}}`;
}
