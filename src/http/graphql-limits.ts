/** The limits on GraphQL documents in each profile, with the plugins of GraphQL Armor. */
import { blockFieldSuggestionsPlugin } from "@escape.tech/graphql-armor-block-field-suggestions";
import { costLimitPlugin } from "@escape.tech/graphql-armor-cost-limit";
import { maxAliasesPlugin } from "@escape.tech/graphql-armor-max-aliases";
import { maxDepthPlugin } from "@escape.tech/graphql-armor-max-depth";
import { maxDirectivesPlugin } from "@escape.tech/graphql-armor-max-directives";
import { maxTokensPlugin } from "@escape.tech/graphql-armor-max-tokens";
import { NoSchemaIntrospectionCustomRule } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { Profile } from "../config.ts";

/** The deepest path in the schema has 4 levels: classifyMany, predictions, ancestors, label. */
const MAX_DEPTH = 8;
/** One for each of 16 classifications, and some for labels in two languages. */
const MAX_ALIASES = 32;
const MAX_DIRECTIVES = 5;
/** A query for every field of the schema has about 250 tokens. */
const MAX_TOKENS = 450;
/** GraphiQL's introspection query has 600 tokens. */
const MAX_TOKENS_OPEN = 1000;
/** Armor's default costs: 2 per object, 1 per field, multiplied by 1.5 per level of depth. */
const MAX_COST = 5000;

/**
 * Makes the plugins of a profile. The passes of a request are counted during execution, when variables
 * and fragments are known (src/classification/classification-budget.ts).
 */
export function limitPlugins(profile: Profile): Plugin[] {
  const hardened = profile === "hardened";
  const plugins = [
    maxDepthPlugin({ n: MAX_DEPTH, ignoreIntrospection: true }),
    maxAliasesPlugin({ n: MAX_ALIASES, allowList: [] }),
    maxDirectivesPlugin({ n: MAX_DIRECTIVES }),
    maxTokensPlugin({ n: hardened ? MAX_TOKENS : MAX_TOKENS_OPEN }),
    costLimitPlugin({ maxCost: MAX_COST, ignoreIntrospection: true }),
    ...(hardened ? [blockFieldSuggestionsPlugin(), withoutIntrospection] : []),
  ];
  return plugins as Plugin[];
}

const withoutIntrospection: Plugin = {
  onValidate({ addValidationRule }) {
    addValidationRule(NoSchemaIntrospectionCustomRule);
  },
};
