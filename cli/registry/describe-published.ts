import type { Outcome } from "../define-command.ts";
import { describeComparison } from "../litert/compare-engines.ts";
import type { PreparedLitert } from "../litert/prepare-litert.ts";
import { enginesOf } from "../models/engines-of.ts";
import type { Published } from "./new-version.ts";

type PublishReport = {
  /** `id@version` */
  readonly version: string;
  /** The name of the bucket. */
  readonly where: string;
  readonly published: Published;
  /** Undefined if the user did not want a file for LiteRT. */
  readonly litert: PreparedLitert | undefined;
  /** The alias that now points to it. */
  readonly alias: string | undefined;
  readonly notes: readonly (string | undefined)[];
};

/** What `model publish` reports. */
export function describePublished({
  version,
  where,
  published: { isNew, written, present, manifest },
  litert,
  alias,
  notes,
}: PublishReport): Outcome {
  const engines = enginesOf(manifest);
  const all = [noteReason(litert, engines.includes("litert")), ...notes];
  const kept = all.filter((note) => note !== undefined);
  const comparison = litert?.comparison;
  return {
    result: {
      version,
      written,
      present,
      promoted: alias ?? null,
      engines,
      ...(comparison ? { comparison } : {}),
      ...(kept.length === 0 ? {} : { note: kept.join(" ") }),
    },
    text: [
      describeFiles(version, where, isNew, written),
      ...(litert?.file && comparison ? [describeComparison(comparison)] : []),
      alias === undefined
        ? `Next: resnet-edge model promote ALIAS ${version}`
        : `${alias} now points to it.`,
      ...kept,
    ].join("\n"),
  };
}

function describeFiles(
  version: string,
  where: string,
  isNew: boolean,
  written: readonly string[],
): string {
  if (isNew) return `Published ${version} to ${where}: ${written.join(", ")}.`;
  if (written.length === 0) return `${version} is already in ${where}, with the same content.`;
  return `${version} is already in ${where}. Added its file for LiteRT: ${written.join(", ")}.`;
}

/** Why there is no file for LiteRT, although one was wanted. */
function noteReason(litert: PreparedLitert | undefined, hasOne: boolean): string | undefined {
  if (litert?.reason === undefined) return undefined;
  return hasOne
    ? `Note: it keeps the file for LiteRT that it was published with, but a new one would be refused. ${litert.reason}`
    : `Note: it has no file for LiteRT, so ONNX Runtime runs it. ${litert.reason}`;
}
