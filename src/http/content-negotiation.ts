/** Headers that say how content is encoded, and which content the caller accepts. */
import { AppError } from "../errors.ts";
import { Refusal } from "./refusal.ts";

/**
 * Requires a body without a content coding.
 *
 * @throws AppError UNSUPPORTED_MEDIA_TYPE
 */
export function requireUnencoded(headers: Headers): void {
  const coding = headers.get("content-encoding")?.trim().toLowerCase() ?? "";
  if (coding === "" || coding === "identity") return;
  throw new Refusal(
    "UNSUPPORTED_MEDIA_TYPE",
    `The request's Content-Encoding is ${coding.slice(0, 40)}, but only identity is accepted. Send the body uncompressed, without Content-Encoding.`,
    { "accept-encoding": "identity" },
    { accepted: ["identity"] },
  );
}

/** What a response can be; the last two hold one result each. */
const RESPONSE_TYPES: readonly string[] = [
  "application/graphql-response+json",
  "application/json",
  "multipart/mixed",
  "text/event-stream",
];

/**
 * Requires an Accept header that one of the response types matches. Pages may ask GET requests for HTML
 * (GraphiQL).
 *
 * @throws AppError NOT_ACCEPTABLE
 */
export function requireAcceptable(request: Request, path: string): void {
  const accept = request.headers.get("accept") ?? "*/*";
  if (accept.split(",").some(matchesAny)) return;
  if (request.method === "GET" && /text\/html/i.test(accept)) return;
  throw new AppError(
    "NOT_ACCEPTABLE",
    `The request's Accept header is ${accept.slice(0, 100)}, but ${path} answers with ${RESPONSE_TYPES.slice(0, 2).join(" or ")} in UTF-8. Accept one of them, or leave the header out.`,
    { details: { accepted: RESPONSE_TYPES } },
  );
}

function matchesAny(accepted: string): boolean {
  const [range = "", ...parameters] = accepted.replaceAll(/\s/g, "").toLowerCase().split(";");
  // Yoga compares in the same way.
  const charset = parameters.find((parameter) => parameter.includes("charset=")) ?? "charset=utf-8";
  if (charset !== "charset=utf-8") return false;
  const [type, subtype] = range.split("/");
  return RESPONSE_TYPES.some((known) => {
    const [knownType, knownSubtype] = known.split("/");
    return (type === "*" || type === knownType) && (subtype === "*" || subtype === knownSubtype);
  });
}
