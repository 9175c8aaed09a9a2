/** What a document may look like: the plugins of GraphQL Armor, and the two profiles. */
import { blockFieldSuggestionsPlugin } from "@escape.tech/graphql-armor-block-field-suggestions";
import { costLimitPlugin } from "@escape.tech/graphql-armor-cost-limit";
import { maxAliasesPlugin } from "@escape.tech/graphql-armor-max-aliases";
import { maxDepthPlugin } from "@escape.tech/graphql-armor-max-depth";
import { maxDirectivesPlugin } from "@escape.tech/graphql-armor-max-directives";
import { maxTokensPlugin } from "@escape.tech/graphql-armor-max-tokens";
import { NoSchemaIntrospectionCustomRule } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { Profile } from "../config.ts";

/** The deepest path of the contract is 4: classifyMany, predictions, ancestors, label. */
const MAX_DEPTH = 8;
/** One for each of 16 classifications and some for labels in two languages. */
const MAX_ALIASES = 32;
const MAX_DIRECTIVES = 5;
/** Everything the contract offers, asked for once, has about 250 tokens. */
const MAX_TOKENS = 450;
/** GraphiQL's introspection has 600. */
const MAX_TOKENS_OPEN = 1000;
/** Armor's own price list: 2 for an object, 1 for a field, half more for each level of depth. */
const MAX_COST = 5000;

/**
 * The plugins of a profile. What a request may cost in passes through a network is counted when it is
 * executed (src/classification/classification-budget.ts), where variables and fragments are known.
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
