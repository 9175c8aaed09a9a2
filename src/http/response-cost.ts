/** The price of a GraphQL operation: how many values its response can have. */
import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  GraphQLIncludeDirective,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  getNullableType,
  getOperationAST,
  getVariableValues,
  isCompositeType,
  isListType,
  isUnionType,
  Kind,
  type SelectionSetNode,
} from "graphql";
import type { Plugin } from "graphql-yoga";
import { AppError } from "../errors.ts";

/**
 * Enough for all of these: a full page of 1000 labels with every field; a photo with all 1000 predictions and
 * their ancestors; 16 photos with the top 20. It takes about 0.1 s to compute and write.
 */
const MAX_VALUES = 30_000;

/** How long lists are that no argument bounds, with the embedded models. */
const LIST_LENGTHS: Readonly<Record<string, number>> = {
  aliases: 2,
  ancestors: 6,
  answers: 10,
  classifyMany: 16,
  classThresholds: 100,
  // A number costs much less than a field.
  embedding: 300,
  metrics: 10,
  models: 50,
  // The default of topK.
  predictions: 3,
  // At most 5 tiles.
  regions: 5,
  shadows: 2,
  shares: 2,
  votes: 1,
};
const DEFAULT_LIST_LENGTH = 10;

/** Fields that cost more than their values: a search through all labels, and listing the bucket. */
const FIELD_COSTS: Readonly<Record<string, number>> = { labels: 300, models: 3000 };

/** The lengths of lists that arguments of an outer field bound. */
type Lengths = Readonly<Record<string, number>>;

type Arguments = Readonly<Record<string, unknown>>;

/**
 * Refuses operations whose response would have too many values, before any of them is computed. Arguments
 * count alike, whether they are literals, variables or defaults.
 */
export function responseCostLimit(): Plugin {
  return {
    onExecute({ args: { schema, document, operationName, variableValues } }) {
      const value = countValues(schema, document, operationName, variableValues ?? {});
      if (value <= MAX_VALUES) return;
      throw new AppError(
        "REQUEST_TOO_COSTLY",
        `The response would have more than ${MAX_VALUES} values, counting lists by "first", "topK" and the number of images. Ask for fewer entries or fields, or split the query across several requests.`,
        { details: { limit: "maxValues", max: MAX_VALUES } },
      );
    },
  };
}

/** Counts the values of the response, and stops soon after the limit. */
function countValues(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null | undefined,
  inputs: Arguments,
): number {
  const operation = getOperationAST(document, operationName);
  const root = schema.getQueryType();
  if (!operation || !root) return 0;
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], inputs);
  // Execution will report the variables that are invalid.
  if (!coerced) return 0;
  const fragments = new Map(
    document.definitions
      .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((definition) => [definition.name.value, definition]),
  );
  return new ValueCounter(schema, fragments, coerced).count(operation.selectionSet, root, {});
}

class ValueCounter {
  readonly #schema: GraphQLSchema;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #variables: Arguments;

  constructor(
    schema: GraphQLSchema,
    fragments: ReadonlyMap<string, FragmentDefinitionNode>,
    variables: Arguments,
  ) {
    this.#schema = schema;
    this.#fragments = fragments;
    this.#variables = variables;
  }

  /** @param spread - the fragments of this selection set, of which each is executed once */
  count(
    { selections }: SelectionSetNode,
    parent: GraphQLCompositeType,
    lengths: Lengths,
    spread = new Set<string>(),
  ): number {
    let total = 0;
    for (const node of selections) {
      if (total > MAX_VALUES) break;
      if (!this.#isIncluded(node)) continue;
      if (node.kind === Kind.FIELD) {
        total += this.#countField(node, parent, lengths);
        continue;
      }
      const fragment =
        node.kind === Kind.INLINE_FRAGMENT ? node : this.#fragments.get(node.name.value);
      if (!fragment) continue;
      if (node.kind === Kind.FRAGMENT_SPREAD) {
        if (spread.has(node.name.value)) continue;
        spread.add(node.name.value);
      }
      const type =
        fragment.typeCondition && this.#schema.getType(fragment.typeCondition.name.value);
      const on = isCompositeType(type) ? type : parent;
      total += this.count(fragment.selectionSet, on, lengths, spread);
    }
    return total;
  }

  #countField(node: FieldNode, parent: GraphQLCompositeType, outer: Lengths): number {
    const name = node.name.value;
    const field = isUnionType(parent) ? undefined : parent.getFields()[name];
    // __typename; and introspection, which the open profile allows.
    if (!field) return 1;
    const args = this.#readArguments(() => getArgumentValues(field, node, this.#variables));
    const lengths = { ...outer, ...lengthsFrom(args) };
    const type = getNamedType(field.type);
    const value =
      1 +
      (node.selectionSet && isCompositeType(type)
        ? this.count(node.selectionSet, type, lengths)
        : 0);
    const isList = isListType(getNullableType(field.type));
    const length = lengths[name] ?? LIST_LENGTHS[name] ?? DEFAULT_LIST_LENGTH;
    return (FIELD_COSTS[name] ?? 0) + (isList ? 1 + length * value : value);
  }

  #isIncluded(node: { readonly directives?: readonly DirectiveNode[] }): boolean {
    const read = (directive: typeof GraphQLSkipDirective) =>
      this.#readArguments(() => getDirectiveValues(directive, node, this.#variables) ?? {});
    return read(GraphQLSkipDirective).if !== true && read(GraphQLIncludeDirective).if !== false;
  }

  /** Execution will report the arguments that are invalid. */
  #readArguments(read: () => Arguments): Arguments {
    try {
      return read();
    } catch {
      return {};
    }
  }
}

/** The lengths of the lists that the arguments of a field bound. Resolvers refuse what is out of range. */
function lengthsFrom({ first, topK, models, images }: Arguments): Lengths {
  const bounded = (length: number, max: number) => (length >= 0 && length <= max ? length : 0);
  return {
    ...(typeof first === "number"
      ? { nodes: bounded(first, 1000), edges: bounded(first, 1000) }
      : {}),
    ...(typeof topK === "number" ? { predictions: bounded(topK, 100_000) } : {}),
    ...(Array.isArray(models) ? { votes: bounded(models.length, 4) } : {}),
    ...(Array.isArray(images) ? { classifyMany: bounded(images.length, 16) } : {}),
  };
}
