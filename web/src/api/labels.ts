import { labelsDocument } from "./operations.ts";
import { sendOperation } from "./send-operation.ts";

const FIRST = 24;

/** A class with its names. */
export type NamedClass = Labels["labels"][number];

/** The most that the service gives at once. */
const ALL = 1000;

/** Some of the classes that were searched for, and how many there are. */
export type Labels = {
  readonly total: number;
  readonly labels: readonly { readonly id: string; readonly en: string; readonly zh: string }[];
};

/** @throws ApiError */
export async function fetchLabels(
  search: string,
  model: string,
  signal: AbortSignal,
): Promise<Labels> {
  const { labels } = await sendOperation(
    labelsDocument,
    { search, model, first: FIRST },
    { signal },
  );
  return { total: labels.totalCount, labels: labels.nodes };
}

/**
 * All classes of a model.
 *
 * @throws ApiError
 */
export async function fetchClasses(model: string): Promise<readonly NamedClass[]> {
  const { labels } = await sendOperation(labelsDocument, { search: "", model, first: ALL });
  return labels.nodes;
}
