/** The kinds of requests that the load consists of, and what each must get. */
import { uploadQuery } from "../../tools/upload-query.ts";
import type { Outgoing } from "../send-request.ts";
import type { Check, Json } from "./judge.ts";
import { EXPECTED_LABEL, makePhotoFiles } from "./photos.ts";

export type Kind = {
  readonly name: string;
  /** Requests in each cycle of the mix. */
  readonly weight: number;
  readonly request: Outgoing;
  readonly check: Check;
};

const TOP = "predictions { label }";

/** Makes the kinds; encoding the photos takes some seconds. */
export async function makeMix(): Promise<readonly Kind[]> {
  const files = await makePhotoFiles();
  const damaged = files.jpeg.subarray(0, files.jpeg.length - 2000);
  const base64 = files.jpeg.toString("base64");
  return [
    { name: "JPEG, small", weight: 5, request: photo(files.jpeg), check: isEspresso },
    { name: "JPEG, 2 MP", weight: 4, request: photo(files.jpeg2), check: isEspresso },
    { name: "JPEG, 12 MP, baseline", weight: 2, request: photo(files.jpeg12), check: isEspresso },
    {
      name: "JPEG, 12 MP, progressive",
      weight: 1,
      request: photo(files.jpeg12Progressive),
      check: isEspresso,
    },
    { name: "PNG, 2 MP", weight: 2, request: photo(files.png), check: isEspresso },
    { name: "WebP, 2 MP", weight: 2, request: photo(files.webp), check: isEspresso },
    { name: "GIF", weight: 1, request: photo(files.gif), check: isEspresso },
    { name: "AVIF, 2 MP", weight: 1, request: photo(files.avif), check: isEspresso },
    {
      name: "ensemble",
      weight: 1,
      request: photo(files.jpeg, "&models=default,resnet18"),
      check: isEspresso,
    },
    {
      name: "GraphQL, Base64",
      weight: 2,
      request: query(`query ($b: String!) { classify(image: { base64: $b }) { ${TOP} } }`, {
        b: base64,
      }),
      check: dataHas(({ classify }) => classify.predictions[0].label === EXPECTED_LABEL),
    },
    {
      name: "GraphQL, multipart",
      weight: 2,
      request: await multipart(files.jpeg),
      check: dataHas(({ classify }) => classify.predictions[0].label === EXPECTED_LABEL),
    },
    {
      name: "heat map",
      weight: 1,
      request: query(
        `query ($b: String!) { classify(image: { base64: $b }, topK: 1) { predictions { label heatmap } } }`,
        { b: base64 },
      ),
      check: dataHas(
        ({ classify }) =>
          classify.predictions[0].label === EXPECTED_LABEL &&
          classify.predictions[0].heatmap.startsWith("data:image/png;base64,"),
      ),
    },
    {
      name: "inspectImage",
      weight: 2,
      request: query(
        "query ($b: String!) { inspectImage(image: { base64: $b }) { format bytes } }",
        {
          b: base64,
        },
      ),
      check: dataHas(
        ({ inspectImage }) =>
          inspectImage.format === "JPEG" && inspectImage.bytes === files.jpeg.length,
      ),
    },
    {
      name: "labels",
      weight: 2,
      request: query('{ labels(search: "espresso") { nodes { label } } }', {}),
      check: dataHas(({ labels }) =>
        labels.nodes.some(({ label }: Json) => label === EXPECTED_LABEL),
      ),
    },
    {
      name: "damaged file",
      weight: 2,
      request: photo(damaged),
      check: failsWith(422, "IMAGE_CORRUPT"),
    },
    {
      name: "unknown field",
      weight: 1,
      request: query("{ classifyAll { label } }", {}),
      check: failsWith(400, "GRAPHQL_VALIDATION_FAILED"),
    },
    {
      name: "wrong path",
      weight: 1,
      request: { method: "GET", path: "/v1/classify", headers: {} },
      check: (status) => (status === 404 ? undefined : `status ${status} instead of 404`),
    },
  ];
}

function photo(body: Buffer, parameters = ""): Outgoing {
  const headers = { "content-type": "application/octet-stream" };
  return { method: "POST", path: `/classify?topK=1${parameters}`, headers, body };
}

function query(text: string, variables: object): Outgoing {
  return {
    method: "POST",
    path: "/graphql",
    headers: {
      "content-type": "application/json",
      // With it, the status of an invalid document is 400, too.
      accept: "application/graphql-response+json",
    },
    body: Buffer.from(JSON.stringify({ query: text, variables })),
  };
}

async function multipart(file: Buffer<ArrayBuffer>): Promise<Outgoing> {
  const form = uploadQuery(
    `query ($f: File!) { classify(image: { upload: $f }) { ${TOP} } }`,
    {},
    "f",
    new File([file], "espresso.jpg"),
  );
  const encoded = new Response(form);
  return {
    method: "POST",
    path: "/graphql",
    headers: {
      "content-type": encoded.headers.get("content-type") ?? "",
      "graphql-require-preflight": "1",
    },
    body: Buffer.from(await encoded.arrayBuffer()),
  };
}

const isEspresso: Check = (status, json) =>
  status === 200 && json.predictions?.[0]?.label === EXPECTED_LABEL
    ? undefined
    : `${status}: ${JSON.stringify(json.predictions ?? json).slice(0, 100)}`;

function dataHas(holds: (data: Json) => boolean): Check {
  return (status, json) =>
    status === 200 && !json.errors && holds(json.data)
      ? undefined
      : `${status}: ${JSON.stringify(json).slice(0, 100)}`;
}

function failsWith(expectedStatus: number, expectedCode: string): Check {
  return (status, { errors: [error] = [] }) => {
    const code = error?.extensions?.code;
    return status === expectedStatus && code === expectedCode
      ? undefined
      : `${status} ${code} instead of ${expectedStatus} ${expectedCode}`;
  };
}
