/** The limits on GraphQL documents in each profile, most of them with the plugins of GraphQL Armor. */
import { maxAliasesPlugin } from "@escape.tech/graphql-armor-max-aliases";
import { maxDepthPlugin } from "@escape.tech/graphql-armor-max-depth";
import { maxDirectivesPlugin } from "@escape.tech/graphql-armor-max-directives";
import { NoSchemaIntrospectionCustomRule, parse } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { Profile } from "../config.ts";
import { AppError } from "../errors.ts";
import { responseCostLimit } from "./response-cost.ts";

/** The deepest path in the schema has 4 levels: classifyMany, predictions, ancestors, label. */
const MAX_DEPTH = 8;
/** One for each of 16 classifications, and some for labels in two languages. */
const MAX_ALIASES = 32;
const MAX_DIRECTIVES = 5;
/** A query for every field of the schema has about 250 tokens. */
const MAX_TOKENS = 450;
/** GraphiQL's introspection query has 600 tokens. */
const MAX_TOKENS_OPEN = 1000;

/**
 * Makes the plugins of a profile. The passes of a request are counted during execution, when variables
 * and fragments are known (src/concurrency/request-budget.ts).
 */
export function limitPlugins(profile: Profile): Plugin[] {
  const hardened = profile === "hardened";
  const plugins = [
    tokenLimit(hardened ? MAX_TOKENS : MAX_TOKENS_OPEN),
    maxDepthPlugin({
      n: MAX_DEPTH,
      ignoreIntrospection: true,
      onReject: [() => refuse("maxDepth", MAX_DEPTH, "levels of nested fields")],
    }),
    maxAliasesPlugin({
      n: MAX_ALIASES,
      allowList: [],
      onReject: [() => refuse("maxAliases", MAX_ALIASES, "aliases")],
    }),
    maxDirectivesPlugin({
      n: MAX_DIRECTIVES,
      onReject: [() => refuse("maxDirectives", MAX_DIRECTIVES, "directives")],
    }),
    responseCostLimit(),
    ...(hardened ? [withoutIntrospection] : []),
  ];
  return plugins as Plugin[];
}

/**
 * Limits the tokens with graphql's own option. GraphQL Armor's plugin for this imports another copy of graphql's
 * parser in a bundle, whose errors are not recognised.
 */
function tokenLimit(max: number): Plugin {
  return {
    onParse({ setParseFn }) {
      setParseFn((source, options) => {
        try {
          return parse(source, { ...options, maxTokens: max });
        } catch (error) {
          if (error instanceof Error && /more tha[nt] \d+ tokens/.test(error.message)) {
            refuse("maxTokens", max, "tokens (names, values and punctuation)");
          }
          throw error;
        }
      });
    },
  };
}

function refuse(limit: string, max: number, what: string): never {
  throw new AppError(
    "REQUEST_TOO_COSTLY",
    `The query has more than ${max} ${what}. Ask for less, use variables for values, or split the query across several requests.`,
    { details: { limit, max } },
  );
}

const withoutIntrospection: Plugin = {
  onValidate({ addValidationRule }) {
    addValidationRule(NoSchemaIntrospectionCustomRule);
  },
};
