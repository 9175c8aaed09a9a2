import { buildASTSchema, parse, printSchema as printGraphqlSchema } from "graphql";
import { typeDefs } from "./type-defs.ts";

/** The contract as one SDL document, as front-end developers read it. */
export function printSchema(): string {
  return `${printGraphqlSchema(buildASTSchema(parse(typeDefs.join("\n"))))}\n`;
}
