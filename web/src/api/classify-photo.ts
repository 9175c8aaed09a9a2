import type { ClassifyQuery } from "../../generated/graphql.ts";
import { classifyDocument, heatmapDocument, modelsDocument } from "./operations.ts";
import { type SendOptions, sendOperation } from "./send-operation.ts";

/** A photo as the service takes it. */
export type PhotoSource =
  | { readonly kind: "FILE"; readonly file: Blob; readonly name: string }
  | { readonly kind: "URL"; readonly url: string };

/** The name that every deployment has: of whichever version its operator lets answer. */
export const DEFAULT_MODEL = "default";

/** A version that can be asked by its name. */
export type PublishedModel = {
  /** `id@version` */
  readonly name: string;
  /** Whether it is what {@link DEFAULT_MODEL} means, alone or among others. */
  readonly isDefault: boolean;
};

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

/** The published versions. */
export async function fetchModels(): Promise<PublishedModel[]> {
  const { models } = await sendOperation(modelsDocument, {});
  return models.map((model) => ({
    name: modelName(model),
    isDefault: model.aliases.includes(DEFAULT_MODEL),
  }));
}

/** `id@version` */
export function modelName({ id, version }: { id: string; version: string }): string {
  return `${id}@${version}`;
}

function toInput(source: PhotoSource): { upload: null } | { url: string } {
  return source.kind === "URL" ? { url: source.url } : { upload: null };
}

function fileOf(source: PhotoSource): Blob | undefined {
  return source.kind === "FILE" ? source.file : undefined;
}
