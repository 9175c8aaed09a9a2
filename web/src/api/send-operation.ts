import type { TypedDocumentString } from "../../generated/graphql.ts";
import { ApiError } from "./api-error.ts";

/** How much of a request has been sent. */
export type Progress = { readonly sentBytes: number; readonly totalBytes: number };

export type SendOptions = {
  /** Takes the place of `variables.image.upload`. */
  readonly file?: Blob | undefined;
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
};

type Answer<Data> = {
  readonly data?: Data | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: string; readonly format?: string };
  }[];
};

/**
 * Sends an operation; with a file, as the GraphQL multipart request specification says.
 *
 * It uses XMLHttpRequest because `fetch` cannot report how much of a body has been sent.
 *
 * @throws ApiError
 */
export function sendOperation<Data, Variables>(
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
  { file, onProgress, signal }: SendOptions = {},
): Promise<Data> {
  const operations = JSON.stringify({ query: document.toString(), variables });
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/graphql");
    // The service refuses forms that another site could have sent.
    request.setRequestHeader("graphql-require-preflight", "1");
    request.upload.onprogress = ({ loaded, total }) =>
      onProgress?.({ sentBytes: loaded, totalBytes: total });
    request.onload = () => settle(request, resolve, reject);
    request.onerror = () => reject(new ApiError("OFFLINE", "The service cannot be reached."));
    request.onabort = () => reject(new ApiError("CANCELLED", "The request was cancelled."));
    signal?.addEventListener("abort", () => request.abort(), { once: true });
    if (signal?.aborted) reject(new ApiError("CANCELLED", "The request was cancelled."));
    else if (file) request.send(toForm(operations, file));
    else {
      request.setRequestHeader("content-type", "application/json");
      request.send(operations);
    }
  });
}

function toForm(operations: string, file: Blob): FormData {
  const form = new FormData();
  form.append("operations", operations);
  form.append("map", JSON.stringify({ 0: ["variables.image.upload"] }));
  form.append("0", file);
  return form;
}

function settle<Data>(
  request: XMLHttpRequest,
  resolve: (data: Data) => void,
  reject: (error: ApiError) => void,
): void {
  const retryAfter = Number(request.getResponseHeader("retry-after") ?? Number.NaN);
  const fail = (code: string, message: string, format?: string) =>
    reject(
      new ApiError(code, message, Number.isFinite(retryAfter) ? retryAfter : undefined, format),
    );
  const answer = parseAnswer<Data>(request.responseText);
  const [error] = answer?.errors ?? [];
  if (error)
    fail(
      error.extensions?.code ?? "INTERNAL_SERVER_ERROR",
      error.message,
      error.extensions?.format,
    );
  else if (answer?.data) resolve(answer.data);
  else fail("INTERNAL_SERVER_ERROR", `The service answered ${request.status} without data.`);
}

function parseAnswer<Data>(text: string): Answer<Data> | undefined {
  try {
    return JSON.parse(text) as Answer<Data>;
  } catch {
    return undefined;
  }
}
