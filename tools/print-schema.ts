/** Prints the GraphQL contract to `schema.graphql`: `npm run schema`. */
import { writeFile } from "node:fs/promises";
import { printSchema } from "../src/schema/print-schema.ts";

const path = new URL("../schema.graphql", import.meta.url);
await writeFile(path, printSchema());
console.log("schema.graphql written");
