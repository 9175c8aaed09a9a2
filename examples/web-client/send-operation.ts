import type { TypedDocumentString } from "./generated/graphql.ts";

const ENDPOINT = "http://localhost:8787/graphql";

/** An error in the response of the service. */
export class ServiceError extends Error {
  override readonly name = "ServiceError";
  /** One of docs/errors.md, such as IMAGE_CORRUPT or RATE_LIMITED. */
  readonly code: string;

  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

type Answer<Data> = {
  readonly data?: Data | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: string };
  }[];
};

/**
 * Sends an operation with files, as the GraphQL multipart request specification says.
 *
 * @param files - by the path of the variable that each takes the place of
 * @throws ServiceError if the service refuses; TypeError if it cannot be reached
 */
export async function sendOperation<Data, Variables>(
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
  files: Readonly<Record<string, Blob>>,
): Promise<Data> {
  const body = new FormData();
  body.append("operations", JSON.stringify({ query: document.toString(), variables }));
  const paths = Object.keys(files).map((path, i) => [String(i), [path]]);
  body.append("map", JSON.stringify(Object.fromEntries(paths)));
  Object.values(files).forEach((file, i) => {
    body.append(String(i), file);
  });
  const response = await fetch(ENDPOINT, {
    method: "POST",
    // Proves that no form on another site sent the request.
    headers: { "graphql-require-preflight": "1" },
    body,
  });
  const { data, errors } = (await response.json()) as Answer<Data>;
  const [error] = errors ?? [];
  if (error) throw new ServiceError(error.message, error.extensions?.code ?? "INTERNAL");
  if (!data) throw new ServiceError("The service sent no data.", "INTERNAL");
  return data;
}
