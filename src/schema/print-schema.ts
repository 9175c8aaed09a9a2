import { buildASTSchema, parse, printSchema as printGraphqlSchema } from "graphql";
import { typeDefs } from "./type-defs.ts";

/** Prints the whole schema as one SDL document. */
export function printSchema(): string {
  return `${printGraphqlSchema(buildASTSchema(parse(typeDefs.join("\n"))))}\n`;
}
