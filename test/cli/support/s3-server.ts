/**
 * The part of R2's S3 API that the command line uses, over a real local R2 bucket: conditions, etags and
 * pages are R2's own. Requests must be signed with the key that it knows; the signature is not checked.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { R2Bucket } from "@cloudflare/workers-types";
import { openLocalBucket } from "../../../cli/buckets/local-bucket.ts";

/** A running server. */
export type S3Server = {
  readonly endpoint: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  close(): Promise<void>;
};

const BUCKET = "models";
const ACCESS_KEY_ID = "test-key";

/** Serves the bucket MODELS of a wrangler.toml, kept in `folder`. */
export async function startS3Server(configPath: string, folder: string): Promise<S3Server> {
  const local = await openLocalBucket(configPath, folder);
  const server = createServer((request, response) => {
    answer(local.bucket, request, response).catch((error: unknown) => {
      fail(response, 500, "InternalError", String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bucket: BUCKET,
    accessKeyId: ACCESS_KEY_ID,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await local.close();
    },
  };
}

async function answer(bucket: R2Bucket, request: IncomingMessage, response: ServerResponse) {
  const url = new URL(request.url ?? "/", "http://s3");
  const [, name, ...path] = url.pathname.split("/");
  const key = decodeURIComponent(path.join("/"));
  const body = await buffer(request);
  const signed = new RegExp(`^AWS4-HMAC-SHA256 Credential=${ACCESS_KEY_ID}/`);
  if (!signed.test(request.headers.authorization ?? "")) {
    return fail(response, 403, "InvalidAccessKeyId", "The key is not known.");
  }
  if (name !== BUCKET) return fail(response, 404, "NoSuchBucket", "There is no such bucket.");
  if (url.searchParams.has("list-type")) return list(bucket, url.searchParams, response);
  if (url.searchParams.has("delete")) {
    const keys = [...body.toString().matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, k]) => k as string);
    await bucket.delete(keys);
    return xml(response, 200, "<DeleteResult></DeleteResult>");
  }
  if (request.method === "PUT") return put(bucket, key, body, request, response);
  const object = await bucket.get(key);
  if (!object) return fail(response, 404, "NoSuchKey", "There is no such object.");
  response.writeHead(200, { etag: object.httpEtag, "content-length": object.size });
  // Node leaves the body out where only the head was asked for.
  response.end(Buffer.from(await object.arrayBuffer()));
}

async function put(
  bucket: R2Bucket,
  key: string,
  body: Buffer,
  { headers }: IncomingMessage,
  response: ServerResponse,
) {
  const unquote = (etag: string) => etag.replaceAll('"', "");
  const onlyIf = {
    ...(headers["if-match"] ? { etagMatches: unquote(headers["if-match"]) } : {}),
    ...(headers["if-none-match"] ? { etagDoesNotMatch: unquote(headers["if-none-match"]) } : {}),
  };
  const object = await bucket.put(key, new Uint8Array(body), { onlyIf });
  if (!object) return fail(response, 412, "PreconditionFailed", "The condition does not hold.");
  response.writeHead(200, { etag: object.httpEtag }).end();
}

async function list(bucket: R2Bucket, search: URLSearchParams, response: ServerResponse) {
  const cursor = search.get("continuation-token");
  // Few to a page, so that there are several.
  const page = await bucket.list({
    prefix: search.get("prefix") ?? "",
    limit: 4,
    ...(cursor === null ? {} : { cursor }),
  });
  const contents = page.objects.map(
    ({ key, size, uploaded }) =>
      `<Contents><Key>${key}</Key><Size>${size}</Size><LastModified>${uploaded.toISOString()}</LastModified></Contents>`,
  );
  const next = page.truncated
    ? `<NextContinuationToken>${page.cursor}</NextContinuationToken>`
    : "";
  xml(
    response,
    200,
    `<ListBucketResult><IsTruncated>${page.truncated}</IsTruncated>${contents.join("")}${next}</ListBucketResult>`,
  );
}

function fail(response: ServerResponse, status: number, code: string, message: string): void {
  xml(response, status, `<Error><Code>${code}</Code><Message>${message}</Message></Error>`);
}

function xml(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { "content-type": "application/xml" }).end(body);
}
