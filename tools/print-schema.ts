/** `npm run schema`: prints the contracts that other programs read. */
import { writeFile } from "node:fs/promises";
import { printSchema } from "../src/schema/print-schema.ts";
import { manifestJsonSchema } from "./manifest-json-schema.ts";

const ROOT = new URL("../", import.meta.url);

await writeFile(new URL("schema.graphql", ROOT), printSchema());
await writeFile(
  new URL("models/manifest.schema.json", ROOT),
  `${JSON.stringify(manifestJsonSchema(), null, 2)}\n`,
);
console.log("schema.graphql and models/manifest.schema.json written");
