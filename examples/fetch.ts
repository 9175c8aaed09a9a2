/**
 * Classifies a photo with fetch alone, in Node or a browser:
 * node examples/fetch.ts [PHOTO] [ENDPOINT]
 */
import { openAsBlob } from "node:fs";

const [photo = "examples/cat.jpg", endpoint = "http://localhost:8787/graphql"] =
  process.argv.slice(2);

const query = /* GraphQL */ `
  query ($image: File!) {
    classify(image: { upload: $image }, topK: 3) {
      answer { label confidence }
      predictions { rank id label confidence }
    }
  }
`;

// The GraphQL multipart request specification: the query, where its files go, the files.
const body = new FormData();
body.set("operations", JSON.stringify({ query, variables: { image: null } }));
body.set("map", JSON.stringify({ photo: ["variables.image"] }));
body.set("photo", await openAsBlob(photo)); // In a browser: input.files[0]

// A deployed Worker accepts a form only with this header, which no page of another site can send.
const headers = { "graphql-require-preflight": "1" };
const response = await fetch(endpoint, { method: "POST", headers, body });
const { data, errors } = await response.json();
if (errors) throw new Error(`${errors[0].extensions.code}: ${errors[0].message}`);
console.log(data.classify.answer.label);
console.table(data.classify.predictions);
