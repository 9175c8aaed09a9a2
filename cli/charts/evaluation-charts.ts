/** The charts of an evaluation. */
import type { TopLevelSpec } from "vega-lite";
import type { ReliabilityBin } from "../../src/evaluate/calibration.ts";
import type { ThresholdPoint } from "../../src/evaluate/thresholds.ts";

const SIDE = 320;
const BLUE = "#3366cc";
const GREY = "#999999";

/** A reliability diagram for each series, with the number of images in each bin; two in a row. */
export function reliabilityChart(
  title: string,
  series: Readonly<Record<string, readonly ReliabilityBin[]>>,
): TopLevelSpec {
  const values = Object.entries(series).flatMap(([name, bins]) =>
    bins.filter(({ count }) => count > 0).map((bin) => ({ name, ...bin })),
  );
  const facet = { field: "name", sort: Object.keys(series), title: null };
  const x = (field: string) => ({
    field,
    type: "quantitative" as const,
    title: "confidence",
    scale: { domain: [0, 1] },
  });
  return {
    title,
    data: { values },
    ...(Object.keys(series).length > 2 ? { facet, columns: 2 } : { facet: { column: facet } }),
    spec: {
      width: SIDE,
      height: SIDE,
      layer: [
        {
          mark: { type: "bar", color: BLUE, opacity: 0.7 },
          encoding: {
            x: { ...x("from"), bin: "binned" },
            x2: { field: "to" },
            y: {
              field: "accuracy",
              type: "quantitative",
              title: "share of right answers",
              scale: { domain: [0, 1] },
            },
          },
        },
        {
          mark: { type: "text", dy: -6, fontSize: 9 },
          encoding: {
            x: x("confidence"),
            y: { field: "accuracy", type: "quantitative" },
            text: { field: "count" },
          },
        },
        {
          data: { values: [{ at: 0 }, { at: 1 }] },
          mark: { type: "line", color: GREY, strokeDash: [4, 4] },
          encoding: {
            x: x("at"),
            y: { field: "at", type: "quantitative" },
          },
        },
      ],
    },
  };
}

/** The curve of one set of images. */
export type RiskCoverageCurve = {
  /** For the legend, if there are several curves. */
  readonly name: string;
  readonly points: readonly ThresholdPoint[];
  readonly recommended: ThresholdPoint | undefined;
};

/** The share of wrong answers, by the share of images that get an answer. */
export function riskCoverageChart(
  title: string,
  curves: readonly RiskCoverageCurve[],
): TopLevelSpec {
  const values = curves.flatMap(({ name, points }) =>
    points.map(({ coverage, precision }) => ({ name, coverage, risk: 1 - precision })),
  );
  const marked = curves.flatMap(({ recommended }) =>
    recommended === undefined
      ? []
      : [
          {
            coverage: recommended.coverage,
            risk: 1 - recommended.precision,
            label: `threshold ${recommended.threshold.toFixed(2)}`,
          },
        ],
  );
  const names = curves.map(({ name }) => name);
  const color = { field: "name", type: "nominal" as const, sort: names, title: null };
  const encoding = {
    x: {
      field: "coverage",
      type: "quantitative" as const,
      title: "share of images that get an answer",
      scale: { domain: [0, 1] },
      axis: { format: "%" },
    },
    y: {
      field: "risk",
      type: "quantitative" as const,
      title: "share of answers that are wrong",
      axis: { format: "%" },
    },
  };
  return {
    title,
    width: SIDE * 1.5,
    height: SIDE,
    layer: [
      {
        data: { values },
        mark: { type: "line", color: BLUE, interpolate: "step" },
        encoding: curves.length > 1 ? { ...encoding, color } : encoding,
      },
      {
        data: { values: marked },
        mark: { type: "point", filled: true, size: 80, color: "#cc3333" },
        encoding,
      },
      {
        // All curves have the same threshold.
        data: { values: marked.slice(0, 1) },
        mark: { type: "text", align: "right", dx: -8, dy: -8 },
        encoding: { ...encoding, text: { field: "label" } },
      },
    ],
  };
}
