/** `POST /classify`: classification without GraphQL; the request body is the image. */
import { execute, GraphQLError, type GraphQLSchema, parse } from "graphql";
import { AppError, BadInputError } from "../errors.ts";
import { FRAMINGS } from "../imaging/framing.ts";
import type { Locale } from "../labels/class-label.ts";
import { requireUnencoded } from "./content-negotiation.ts";
import type { Endpoint } from "./endpoint.ts";
import { readBody } from "./read-body.ts";
import { methodNotAllowed } from "./refusal.ts";

export const CLASSIFY_PATH = "/classify";

// The GraphQL resolvers answer these requests too, so the two APIs cannot drift apart.
const DOCUMENT = parse(/* GraphQL */ `
  query ($image: File!, $topK: Int, $threshold: Float, $locale: Locale, $model: String, $models: [String!], $framing: Framing) {
    classify(image: { upload: $image }, topK: $topK, threshold: $threshold, locale: $locale, model: $model, models: $models, framing: $framing) {
      answer { kind id synset label confidence }
      predictions { rank classIndex id synset label aliases confidence }
      votes { model { id version engine } prediction { id synset label confidence } }
      model { id version engine }
      regions { x y width height }
      image { format width height orientation bytes sha256 }
      cached
      receipt
    }
  }
`);

/** The values of the parameters that are enums. */
const ENUMS: Readonly<Record<string, readonly string[]>> = {
  locale: ["EN", "ZH"] satisfies Locale[],
  framing: FRAMINGS,
};

const PARAMETERS: ReadonlySet<string> = new Set([
  "topK",
  "threshold",
  "locale",
  "model",
  "models",
  "framing",
]);

/** Handles requests to {@link CLASSIFY_PATH}. */
export function createClassifyEndpoint(schema: GraphQLSchema, maxBytes: number): Endpoint {
  return async (request, contextValue, upload) => {
    requireImageBody(request);
    const parameters = readParameters(new URL(request.url).searchParams);
    const image = await readBody(request, maxBytes, upload);
    const result = await execute({
      schema,
      document: DOCUMENT,
      contextValue,
      variableValues: { ...parameters, image },
    });
    const [error] = result.errors ?? [];
    if (error) throw withoutPosition(error);
    return Response.json(result.data?.classify);
  };
}

/** Callers have not written the query, so positions in it would only confuse them. */
function withoutPosition({ message, originalError, extensions }: GraphQLError): GraphQLError {
  return new GraphQLError(message, { originalError, extensions });
}

function requireImageBody(request: Request): void {
  if (request.method !== "POST") {
    throw methodNotAllowed(
      request,
      CLASSIFY_PATH,
      ["POST"],
      "Send the image as the body: curl --data-binary @cat.jpg URL.",
    );
  }
  requireUnencoded(request.headers);
  const type = request.headers.get("content-type") ?? "";
  if (/^\s*multipart\//i.test(type)) {
    throw new AppError(
      "UNSUPPORTED_MEDIA_TYPE",
      `The request body is a form, but ${CLASSIFY_PATH} needs the image itself as the body. With curl, use --data-binary @cat.jpg instead of -F.`,
    );
  }
}

/** Reads GraphQL variables from the query string; GraphQL checks their values. */
function readParameters(search: URLSearchParams): Record<string, unknown> {
  const variables: Record<string, unknown> = {};
  for (const name of new Set(search.keys())) {
    if (!PARAMETERS.has(name)) {
      throw new BadInputError(
        name.slice(0, 40),
        `There is no parameter "${name.slice(0, 40)}". Use one of ${[...PARAMETERS].join(", ")}.`,
      );
    }
    variables[name] = readParameter(name, search.getAll(name));
  }
  return variables;
}

function readParameter(name: string, texts: readonly string[]): unknown {
  // A list can be written in both ways: models=a,b and models=a&models=b.
  if (name === "models") return texts.flatMap((text) => text.split(",")).map(requireName(name));
  const [text = "", ...others] = texts;
  if (others.length > 0) {
    throw new BadInputError(name, `${name} is given ${texts.length} times. Give it once.`);
  }
  if (name === "model") return requireName(name)(text);
  const values = ENUMS[name];
  return values ? readEnum(name, text, values) : readNumber(name, text);
}

function requireName(parameter: string): (text: string) => string {
  return (text) => {
    const name = text.trim();
    if (name !== "") return name;
    throw new BadInputError(
      parameter,
      `${parameter} is empty, or has an empty name. Give the name of a model, or leave ${parameter} out.`,
    );
  };
}

function readEnum(name: string, text: string, values: readonly string[]): string {
  const value = text.trim().toUpperCase();
  if (values.includes(value)) return value;
  const choices = `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;
  throw new BadInputError(
    name,
    `${name} is "${text.slice(0, 40)}", which is not supported. Use ${choices}.`,
  );
}

function readNumber(name: string, text: string): number {
  const value = Number(text);
  const isWhole = Number.isSafeInteger(value);
  const isNumber = text.trim() !== "" && Number.isFinite(value);
  if (isNumber && (isWhole || name !== "topK")) return value;
  const kind = name === "topK" ? "whole number" : "number";
  throw new BadInputError(
    name,
    `${name} is "${text.slice(0, 40)}", which is not a ${kind}. Use a ${kind}.`,
  );
}
