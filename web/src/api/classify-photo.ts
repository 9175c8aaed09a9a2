import type { ClassifyQuery } from "../../generated/graphql.ts";
import { classifyDocument, heatmapDocument } from "./operations.ts";
import { type SendOptions, sendOperation } from "./send-operation.ts";

/** A photo as the service takes it. */
export type PhotoSource =
  | {
      readonly kind: "FILE";
      readonly file: Blob;
      readonly name: string;
      /** Whether the page has reduced or converted it. */
      readonly changed?: boolean;
    }
  | { readonly kind: "URL"; readonly url: string };

/** What the service says about a photo. */
export type Classified = ClassifyQuery["classify"];

/** One of the possible answers. */
export type Answer = Classified["answers"][number];

/** One of the most probable classes. */
export type Prediction = Classified["predictions"][number];

/** Who is asked, and for how many predictions. */
export type Question = {
  /** Aliases or `id@version`; several answer together, as an ensemble. */
  readonly models: readonly string[];
  readonly topK: number;
};

/** @throws ApiError */
export async function classifyPhoto(
  source: PhotoSource,
  { models, topK }: Question,
  options: Omit<SendOptions, "file">,
): Promise<Classified> {
  const variables = { image: toInput(source), models: [...models], topK };
  const file = fileOf(source);
  const { classify } = await sendOperation(classifyDocument, variables, { ...options, file });
  return classify;
}

/**
 * Asks where the network saw a class.
 *
 * @returns a PNG with alpha as a data URL
 * @throws ApiError
 */
export async function fetchHeatmap(
  source: PhotoSource,
  models: readonly string[],
  classId: string,
): Promise<string | null> {
  const variables = { image: toInput(source), models: [...models], id: classId };
  const { classify } = await sendOperation(heatmapDocument, variables, { file: fileOf(source) });
  return classify.heatmap;
}

function toInput(source: PhotoSource): { upload: null } | { url: string } {
  return source.kind === "URL" ? { url: source.url } : { upload: null };
}

function fileOf(source: PhotoSource): Blob | undefined {
  return source.kind === "FILE" ? source.file : undefined;
}
