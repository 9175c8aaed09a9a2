import type { Outgoing } from "../../send-request.ts";
import { defineRequestMaker } from "../maker.ts";
import { aliasFields, graphqlRequest } from "./graphql-request.ts";

/** What a field asks for, by the name of the parameter's value. */
const FIELDS: Readonly<Record<string, string>> = {
  inspect: "inspectImage(image: $i) { format }",
  hash: "inspectImage(image: $i) { sha256 decodable }",
  classify: "classify(image: $i) { answer { label } }",
  receipt: "classify(image: $i, topK: 1000) { receipt embedding answers { label } }",
  ancestors:
    "classify(image: $i, topK: 1000) { predictions { label aliases ancestors { label aliases } } }",
  ensemble:
    'classify(image: $i, models: ["default", "resnet18"]) { votes { prediction { label } } }',
  tiles: "classify(image: $i, framing: TILES) { answer { label } regions { x } }",
  heatmap: "classify(image: $i, topK: 1) { predictions { heatmap(size: 1024) } }",
  heatmaps: "classify(image: $i, topK: 4) { predictions { heatmap(size: 1024, style: MASK) } }",
};

/** GraphQL aliases and lists that share one image, or fetch it each. */
export const imageFields = defineRequestMaker({
  name: "graphql-image",
  takesImage: true,
  ranges: {
    field: { choices: [...Object.keys(FIELDS), "list"] },
    aliases: { min: 1, max: 32 },
    /** Images of a list. */
    images: { min: 1, max: 16 },
    source: { choices: ["base64", "url", "upload"] },
  },
  starts: [
    { field: "hash", aliases: 32, images: 1, source: "base64" },
    { field: "classify", aliases: 16, images: 1, source: "base64" },
    { field: "classify", aliases: 16, images: 1, source: "url" },
    { field: "list", aliases: 1, images: 16, source: "url" },
    { field: "hash", aliases: 32, images: 1, source: "url" },
    { field: "ensemble", aliases: 8, images: 1, source: "base64" },
    { field: "tiles", aliases: 4, images: 1, source: "base64" },
    { field: "heatmap", aliases: 8, images: 1, source: "base64" },
    { field: "heatmaps", aliases: 3, images: 1, source: "upload" },
    { field: "ancestors", aliases: 4, images: 1, source: "base64" },
    { field: "receipt", aliases: 16, images: 1, source: "base64" },
  ],
  make({ field, aliases, images, source }, { image, imageUrl }) {
    const input =
      source === "url"
        ? { url: imageUrl }
        : source === "base64"
          ? { base64: image.toString("base64") }
          : { upload: null };
    const isList = field === "list";
    const text = isList
      ? `classifyMany(images: [${"$i ".repeat(images)}]) { ... on Classification { answer { label } } }`
      : FIELDS[field];
    if (text === undefined) throw new Error(`There is no field "${field}".`);
    const query = `query ($i: ImageInput!) { ${aliasFields(aliases, text)} }`;
    const variables = { i: input };
    return source === "upload" ? upload(query, variables, image) : graphqlRequest(query, variables);
  },
});

/** A multipart request, written here because `FormData` cannot be encoded at once. */
function upload(query: string, variables: object, image: Buffer): Outgoing {
  const part = (name: string, more = "") =>
    `--cut\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n`;
  const head = [
    `${part("operations")}${JSON.stringify({ query, variables })}\r\n`,
    `${part("map")}{"0":["variables.i.upload"]}\r\n`,
    part("0", '; filename="a"'),
  ].join("");
  return {
    method: "POST",
    path: "/graphql",
    headers: {
      "content-type": "multipart/form-data; boundary=cut",
      "graphql-require-preflight": "1",
    },
    body: Buffer.concat([Buffer.from(head), image, Buffer.from("\r\n--cut--\r\n")]),
  };
}
