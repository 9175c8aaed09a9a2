/** Reads the parameters of a GraphQL request: the document, its variables and the operation to execute. */

import { GraphQLError } from "graphql";
import type { GraphQLParams } from "graphql-yoga";
import { AppError } from "../errors.ts";
import { readMultipart } from "./multipart-params.ts";
import { parseJson } from "./parse-json.ts";
import { Refusal } from "./refusal.ts";

/**
 * Longest document in characters. Every position in an error is found by reading the document from its start,
 * so a long one would be read many times. The documents of the page have fewer than 2000.
 */
const MAX_QUERY_LENGTH = 65_536;

/** A query needs 4. */
const MAX_FORM_FIELDS = 16;

type Body = Uint8Array<ArrayBuffer>;
type Read = (body: Body, type: string) => unknown;

/** How a body is read, by its media type. */
const READERS: Readonly<Record<string, Read>> = {
  "application/json": readJson,
  "application/graphql+json": readJson,
  "application/graphql": (body) => ({ query: decode(body) }),
  "application/x-www-form-urlencoded": readForm,
  "multipart/form-data": readMultipart,
};

/**
 * Requires a Content-Type that can be read. Media types are compared without regard to case.
 *
 * @throws AppError UNSUPPORTED_MEDIA_TYPE
 */
export function requireMediaType(headers: Headers): void {
  if (Object.hasOwn(READERS, mediaTypeOf(headers))) return;
  const given = headers.get("content-type")?.slice(0, 100) ?? "none";
  const accepted = "application/json";
  throw new Refusal(
    "UNSUPPORTED_MEDIA_TYPE",
    `The request's Content-Type is ${given}, which is not supported. Use ${accepted}, or multipart/form-data to send a file.`,
    { "accept-post": Object.keys(READERS).join(", ") },
  );
}

/**
 * Reads the parameters from the body of a POST request, or from the URL of a GET request. GraphQL Yoga checks
 * their types.
 *
 * @param body - undefined for a GET request
 * @throws AppError BAD_REQUEST, REQUEST_TOO_LARGE; GraphQLError PERSISTED_QUERY_NOT_SUPPORTED
 */
export async function readGraphqlParams(
  request: Request,
  body: Body | undefined,
): Promise<GraphQLParams> {
  const read = READERS[mediaTypeOf(request.headers)] as Read;
  const params = body
    ? await read(body, request.headers.get("content-type") as string)
    : readSearch(new URL(request.url).searchParams);
  return checkParams(params);
}

function checkParams(params: unknown): GraphQLParams {
  if (Array.isArray(params)) {
    throw new AppError(
      "BAD_REQUEST",
      "The request is a list of operations, but batches are not supported. Send each operation in a request of its own, or several fields in one operation.",
    );
  }
  if (typeof params !== "object" || params === null) {
    throw new AppError(
      "BAD_REQUEST",
      'The request is not a JSON object. Send an object such as {"query": "{ models { id } }"}.',
    );
  }
  const { query, extensions } = params as GraphQLParams;
  if (query === undefined || query === null || query === "") throw withoutQuery(extensions);
  if (query.length > MAX_QUERY_LENGTH) {
    throw new AppError(
      "REQUEST_TOO_LARGE",
      `The query has ${query.length} characters, but the limit is ${MAX_QUERY_LENGTH}. Send images as variables, not as part of the query.`,
      { details: { limit: "maxQueryLength", max: MAX_QUERY_LENGTH, value: query.length } },
    );
  }
  return params;
}

function withoutQuery(extensions: unknown): Error {
  const isPersisted =
    typeof extensions === "object" && extensions !== null && "persistedQuery" in extensions;
  if (isPersisted) {
    // Clients look for exactly this message, and then send the whole query. As in Apollo Server, the status
    // is 200 for those that accept application/json.
    return new GraphQLError("PersistedQueryNotSupported", {
      extensions: { code: "PERSISTED_QUERY_NOT_SUPPORTED", http: { spec: true, status: 400 } },
    });
  }
  return new AppError(
    "BAD_REQUEST",
    'The request has no query. Send the document as "query", in the JSON body of a POST request.',
  );
}

function readJson(body: Body): unknown {
  return parseJson(decode(body), "The request body");
}

function readForm(body: Body): unknown {
  const text = decode(body);
  // Every pair becomes an object, however short it is.
  if (text.split("&", MAX_FORM_FIELDS + 1).length > MAX_FORM_FIELDS) {
    throw new AppError(
      "REQUEST_TOO_LARGE",
      `The form has more than ${MAX_FORM_FIELDS} fields. Send query, variables, operationName and extensions, each at most once.`,
      { details: { limit: "maxFormFields", max: MAX_FORM_FIELDS } },
    );
  }
  return readSearch(new URLSearchParams(text));
}

function readSearch(search: URLSearchParams): unknown {
  const readObject = (name: string) => {
    const text = search.get(name);
    return text ? parseJson(text, `The parameter '${name}'`) : undefined;
  };
  return {
    query: search.get("query") ?? undefined,
    operationName: search.get("operationName") || undefined,
    variables: readObject("variables"),
    extensions: readObject("extensions"),
  };
}

function decode(body: Body): string {
  return new TextDecoder().decode(body);
}

function mediaTypeOf(headers: Headers): string {
  return (headers.get("content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}
