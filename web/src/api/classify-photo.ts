import type { ClassifyQuery, HeatmapQuery } from "../../generated/graphql.ts";
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

/** What of the photo the model looks at: its usual crop, the whole photo, or tiles along it. */
export type Framing = "CROP" | "WHOLE" | "TILES";

/** A part of the photo in fractions of its sides. */
export type Region = Classified["regions"][number];

/** Where a model saw a class; the picture is a PNG with alpha as a data URL. */
export type Explanation = NonNullable<HeatmapQuery["classify"]["explain"]>;

/** Who is asked, what they look at, and for how many predictions. */
export type Question = {
  /** Aliases or `id@version`; several answer together, as an ensemble. */
  readonly models: readonly string[];
  readonly framing: Framing;
  readonly topK: number;
};

/** @throws ApiError */
export async function classifyPhoto(
  source: PhotoSource,
  { models, framing, topK }: Question,
  options: Omit<SendOptions, "file">,
): Promise<Classified> {
  const variables = { image: toInput(source), models: [...models], framing, topK };
  const file = fileOf(source);
  const { classify } = await sendOperation(classifyDocument, variables, { ...options, file });
  return classify;
}

/**
 * Asks where the network saw a class.
 *
 * @throws ApiError
 */
export async function fetchExplanation(
  source: PhotoSource,
  { models, framing }: Omit<Question, "topK">,
  classId: string,
  signal: AbortSignal,
): Promise<Explanation | null> {
  const variables = { image: toInput(source), models: [...models], framing, id: classId };
  const options = { file: fileOf(source), signal };
  const { classify } = await sendOperation(heatmapDocument, variables, options);
  return classify.explain;
}

function toInput(source: PhotoSource): { upload: null } | { url: string } {
  return source.kind === "URL" ? { url: source.url } : { upload: null };
}

function fileOf(source: PhotoSource): Blob | undefined {
  return source.kind === "FILE" ? source.file : undefined;
}
