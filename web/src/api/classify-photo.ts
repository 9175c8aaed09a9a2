import type { ClassifyQuery } from "../../generated/graphql.ts";
import { classifyDocument, heatmapDocument, modelsDocument } from "./operations.ts";
import { type SendOptions, sendOperation } from "./send-operation.ts";

/** A photo as the service takes it. */
export type PhotoSource =
  | { readonly kind: "FILE"; readonly file: Blob; readonly name: string }
  | { readonly kind: "URL"; readonly url: string };

/** What the service says about a photo. */
export type Classified = ClassifyQuery["classify"];

/** One of the possible answers. */
export type Answer = Classified["answers"][number];

/** One of the most probable classes. */
export type Prediction = Classified["predictions"][number];

/** Asks what a photo shows; of several models, by the average. */
export async function classifyPhoto(
  source: PhotoSource,
  models: readonly string[],
  options: Omit<SendOptions, "file">,
): Promise<Classified> {
  const variables = { image: toInput(source), models: [...models] };
  const data = await sendOperation(classifyDocument, variables, {
    ...options,
    file: fileOf(source),
  });
  return data.classify;
}

/** Asks where the network saw its class of a rank; a PNG with alpha as a data URI. */
export async function fetchHeatmap(
  source: PhotoSource,
  models: readonly string[],
  rank: number,
): Promise<string | null> {
  const variables = { image: toInput(source), models: [...models], topK: rank };
  const { classify } = await sendOperation(heatmapDocument, variables, { file: fileOf(source) });
  return classify.predictions[rank - 1]?.heatmap ?? null;
}

/** The models that can be chosen, each by its name. */
export async function fetchModels(): Promise<string[]> {
  const { models } = await sendOperation(modelsDocument, {});
  return models
    .toSorted(
      (a, b) => Number(b.aliases.includes("default")) - Number(a.aliases.includes("default")),
    )
    .map(({ id, version }) => `${id}@${version}`);
}

function toInput(source: PhotoSource): { upload: null } | { url: string } {
  return source.kind === "URL" ? { url: source.url } : { upload: null };
}

function fileOf(source: PhotoSource): Blob | undefined {
  return source.kind === "FILE" ? source.file : undefined;
}
