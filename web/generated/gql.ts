/* eslint-disable */
import * as types from './graphql';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  query Models {\n    models {\n      id\n      version\n      aliases\n      classes\n    }\n  }\n": typeof types.ModelsDocument,
    "\n  query Classify($image: ImageInput!, $models: [String!]!, $topK: Int!) {\n    classify(image: $image, models: $models, topK: $topK) {\n      answer {\n        kind\n        id\n        synset\n        en: label(locale: EN)\n        zh: label(locale: ZH)\n        confidence\n      }\n      answers {\n        kind\n        id\n        synset\n        en: label(locale: EN)\n        zh: label(locale: ZH)\n        confidence\n      }\n      predictions {\n        id\n        en: label(locale: EN)\n        zh: label(locale: ZH)\n        confidence\n        enAncestors: ancestors(locale: EN) {\n          label\n        }\n        zhAncestors: ancestors(locale: ZH) {\n          label\n        }\n      }\n      votes {\n        model {\n          id\n          version\n          architecture\n          recommendedThreshold\n          cropFraction\n        }\n        prediction {\n          en: label(locale: EN)\n          zh: label(locale: ZH)\n          confidence\n        }\n      }\n      cached\n      receipt\n    }\n  }\n": typeof types.ClassifyDocument,
    "\n  query Heatmap($image: ImageInput!, $models: [String!]!, $id: ID!) {\n    classify(image: $image, models: $models, topK: 1) {\n      heatmap(id: $id, size: 224, style: MASK)\n    }\n  }\n": typeof types.HeatmapDocument,
};
const documents: Documents = {
    "\n  query Models {\n    models {\n      id\n      version\n      aliases\n      classes\n    }\n  }\n": types.ModelsDocument,
    "\n  query Classify($image: ImageInput!, $models: [String!]!, $topK: Int!) {\n    classify(image: $image, models: $models, topK: $topK) {\n      answer {\n        kind\n        id\n        synset\n        en: label(locale: EN)\n        zh: label(locale: ZH)\n        confidence\n      }\n      answers {\n        kind\n        id\n        synset\n        en: label(locale: EN)\n        zh: label(locale: ZH)\n        confidence\n      }\n      predictions {\n        id\n        en: label(locale: EN)\n        zh: label(locale: ZH)\n        confidence\n        enAncestors: ancestors(locale: EN) {\n          label\n        }\n        zhAncestors: ancestors(locale: ZH) {\n          label\n        }\n      }\n      votes {\n        model {\n          id\n          version\n          architecture\n          recommendedThreshold\n          cropFraction\n        }\n        prediction {\n          en: label(locale: EN)\n          zh: label(locale: ZH)\n          confidence\n        }\n      }\n      cached\n      receipt\n    }\n  }\n": types.ClassifyDocument,
    "\n  query Heatmap($image: ImageInput!, $models: [String!]!, $id: ID!) {\n    classify(image: $image, models: $models, topK: 1) {\n      heatmap(id: $id, size: 224, style: MASK)\n    }\n  }\n": types.HeatmapDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Models {\n    models {\n      id\n      version\n      aliases\n      classes\n    }\n  }\n"): typeof import('./graphql').ModelsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Classify($image: ImageInput!, $models: [String!]!, $topK: Int!) {\n    classify(image: $image, models: $models, topK: $topK) {\n      answer {\n        kind\n        id\n        synset\n        en: label(locale: EN)\n        zh: label(locale: ZH)\n        confidence\n      }\n      answers {\n        kind\n        id\n        synset\n        en: label(locale: EN)\n        zh: label(locale: ZH)\n        confidence\n      }\n      predictions {\n        id\n        en: label(locale: EN)\n        zh: label(locale: ZH)\n        confidence\n        enAncestors: ancestors(locale: EN) {\n          label\n        }\n        zhAncestors: ancestors(locale: ZH) {\n          label\n        }\n      }\n      votes {\n        model {\n          id\n          version\n          architecture\n          recommendedThreshold\n          cropFraction\n        }\n        prediction {\n          en: label(locale: EN)\n          zh: label(locale: ZH)\n          confidence\n        }\n      }\n      cached\n      receipt\n    }\n  }\n"): typeof import('./graphql').ClassifyDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Heatmap($image: ImageInput!, $models: [String!]!, $id: ID!) {\n    classify(image: $image, models: $models, topK: 1) {\n      heatmap(id: $id, size: 224, style: MASK)\n    }\n  }\n"): typeof import('./graphql').HeatmapDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
