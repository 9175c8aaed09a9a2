/** `POST /classify`: classification without GraphQL; the request body is the image. */
import { execute, GraphQLError, type GraphQLSchema, parse } from "graphql";
import { AppError, BadInputError } from "../errors.ts";
import type { Endpoint } from "./endpoint.ts";
import { readBody } from "./read-body.ts";

export const CLASSIFY_PATH = "/classify";

// The GraphQL resolvers answer these requests too, so the two APIs cannot drift apart.
const DOCUMENT = parse(/* GraphQL */ `
  query ($image: File!, $topK: Int, $threshold: Float, $locale: Locale, $model: String, $models: [String!]) {
    classify(image: { upload: $image }, topK: $topK, threshold: $threshold, locale: $locale, model: $model, models: $models) {
      answer { kind id synset label confidence }
      predictions { rank classIndex id synset label aliases confidence }
      votes { model { id version } prediction { id synset label confidence } }
      model { id version }
      image { format width height orientation bytes sha256 }
      cached
      receipt
    }
  }
`);

const PARAMETERS: ReadonlySet<string> = new Set(["topK", "threshold", "locale", "model", "models"]);

/** Handles requests to {@link CLASSIFY_PATH}. */
export function createClassifyEndpoint(schema: GraphQLSchema, maxBytes: number): Endpoint {
  return async (request, contextValue, upload) => {
    requirePost(request);
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

function requirePost(request: Request): void {
  const type = request.headers.get("content-type") ?? "";
  if (request.method !== "POST") {
    throw new AppError(
      "METHOD_NOT_ALLOWED",
      `The request's method is ${request.method}, but ${CLASSIFY_PATH} accepts only POST. Send the image as the body: curl --data-binary @cat.jpg URL.`,
    );
  }
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
  for (const [name, text] of search) {
    if (!PARAMETERS.has(name)) {
      throw new BadInputError(
        name.slice(0, 40),
        `There is no parameter "${name.slice(0, 40)}". Use one of ${[...PARAMETERS].join(", ")}.`,
      );
    }
    variables[name] = readParameter(name, text);
  }
  return variables;
}

function readParameter(name: string, text: string): unknown {
  if (name === "locale") return text.toUpperCase();
  if (name === "models") return text.split(",");
  if (name === "model") return text;
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value)) return value;
  throw new BadInputError(
    name,
    `${name} is "${text.slice(0, 40)}", which is not a number. Use a number.`,
  );
}
