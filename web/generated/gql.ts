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
    "\n  query Models {\n    models {\n      id\n      version\n      aliases\n      classes\n      architecture\n      bytes\n      training {\n        method\n        base\n        trainingPhotos\n        classes\n      }\n      metrics {\n        name\n        value\n      }\n    }\n  }\n": typeof types.ModelsDocument,
    "\n  query Classify($image: ImageInput!, $models: [String!]!, $topK: Int!, $framing: Framing!) {\n    classify(image: $image, models: $models, topK: $topK, framing: $framing) {\n      answer {\n        kind\n        id\n        synset\n        en: label(locale: EN)\n        zh: label(locale: ZH)\n        confidence\n      }\n      answers {\n        kind\n        id\n        synset\n        en: label(locale: EN)\n        zh: label(locale: ZH)\n        confidence\n      }\n      familiar\n      predictions {\n        id\n        en: label(locale: EN)\n        zh: label(locale: ZH)\n        confidence\n        enAncestors: ancestors(locale: EN) {\n          label\n        }\n        zhAncestors: ancestors(locale: ZH) {\n          label\n        }\n      }\n      votes {\n        model {\n          id\n          version\n          engine\n          architecture\n          recommendedThreshold\n          classes\n        }\n        prediction {\n          en: label(locale: EN)\n          zh: label(locale: ZH)\n          confidence\n        }\n      }\n      regions {\n        x\n        y\n        width\n        height\n      }\n      image {\n        frames\n      }\n      cached\n      receipt\n    }\n  }\n": typeof types.ClassifyDocument,
    "\n  query Heatmap($image: ImageInput!, $models: [String!]!, $framing: Framing!, $id: ID!) {\n    classify(image: $image, models: $models, framing: $framing, topK: 1) {\n      explain(id: $id, size: 224, style: MASK) {\n        heatmap\n        model {\n          architecture\n          version\n        }\n        region {\n          x\n          y\n          width\n          height\n        }\n      }\n    }\n  }\n": typeof types.HeatmapDocument,
    "\n  query Labels($search: String!, $model: String!, $first: Int!) {\n    labels(search: $search, model: $model, first: $first) {\n      totalCount\n      nodes {\n        id\n        en: label(locale: EN)\n        zh: label(locale: ZH)\n      }\n    }\n  }\n": typeof types.LabelsDocument,
};
const documents: Documents = {
    "\n  query Models {\n    models {\n      id\n      version\n      aliases\n      classes\n      architecture\n      bytes\n      training {\n        method\n        base\n        trainingPhotos\n        classes\n      }\n      metrics {\n        name\n        value\n      }\n    }\n  }\n": types.ModelsDocument,
    "\n  query Classify($image: ImageInput!, $models: [String!]!, $topK: Int!, $framing: Framing!) {\n    classify(image: $image, models: $models, topK: $topK, framing: $framing) {\n      answer {\n        kind\n        id\n        synset\n        en: label(locale: EN)\n        zh: label(locale: ZH)\n        confidence\n      }\n      answers {\n        kind\n        id\n        synset\n        en: label(locale: EN)\n        zh: label(locale: ZH)\n        confidence\n      }\n      familiar\n      predictions {\n        id\n        en: label(locale: EN)\n        zh: label(locale: ZH)\n        confidence\n        enAncestors: ancestors(locale: EN) {\n          label\n        }\n        zhAncestors: ancestors(locale: ZH) {\n          label\n        }\n      }\n      votes {\n        model {\n          id\n          version\n          engine\n          architecture\n          recommendedThreshold\n          classes\n        }\n        prediction {\n          en: label(locale: EN)\n          zh: label(locale: ZH)\n          confidence\n        }\n      }\n      regions {\n        x\n        y\n        width\n        height\n      }\n      image {\n        frames\n      }\n      cached\n      receipt\n    }\n  }\n": types.ClassifyDocument,
    "\n  query Heatmap($image: ImageInput!, $models: [String!]!, $framing: Framing!, $id: ID!) {\n    classify(image: $image, models: $models, framing: $framing, topK: 1) {\n      explain(id: $id, size: 224, style: MASK) {\n        heatmap\n        model {\n          architecture\n          version\n        }\n        region {\n          x\n          y\n          width\n          height\n        }\n      }\n    }\n  }\n": types.HeatmapDocument,
    "\n  query Labels($search: String!, $model: String!, $first: Int!) {\n    labels(search: $search, model: $model, first: $first) {\n      totalCount\n      nodes {\n        id\n        en: label(locale: EN)\n        zh: label(locale: ZH)\n      }\n    }\n  }\n": types.LabelsDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Models {\n    models {\n      id\n      version\n      aliases\n      classes\n      architecture\n      bytes\n      training {\n        method\n        base\n        trainingPhotos\n        classes\n      }\n      metrics {\n        name\n        value\n      }\n    }\n  }\n"): typeof import('./graphql').ModelsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Classify($image: ImageInput!, $models: [String!]!, $topK: Int!, $framing: Framing!) {\n    classify(image: $image, models: $models, topK: $topK, framing: $framing) {\n      answer {\n        kind\n        id\n        synset\n        en: label(locale: EN)\n        zh: label(locale: ZH)\n        confidence\n      }\n      answers {\n        kind\n        id\n        synset\n        en: label(locale: EN)\n        zh: label(locale: ZH)\n        confidence\n      }\n      familiar\n      predictions {\n        id\n        en: label(locale: EN)\n        zh: label(locale: ZH)\n        confidence\n        enAncestors: ancestors(locale: EN) {\n          label\n        }\n        zhAncestors: ancestors(locale: ZH) {\n          label\n        }\n      }\n      votes {\n        model {\n          id\n          version\n          engine\n          architecture\n          recommendedThreshold\n          classes\n        }\n        prediction {\n          en: label(locale: EN)\n          zh: label(locale: ZH)\n          confidence\n        }\n      }\n      regions {\n        x\n        y\n        width\n        height\n      }\n      image {\n        frames\n      }\n      cached\n      receipt\n    }\n  }\n"): typeof import('./graphql').ClassifyDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Heatmap($image: ImageInput!, $models: [String!]!, $framing: Framing!, $id: ID!) {\n    classify(image: $image, models: $models, framing: $framing, topK: 1) {\n      explain(id: $id, size: 224, style: MASK) {\n        heatmap\n        model {\n          architecture\n          version\n        }\n        region {\n          x\n          y\n          width\n          height\n        }\n      }\n    }\n  }\n"): typeof import('./graphql').HeatmapDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Labels($search: String!, $model: String!, $first: Int!) {\n    labels(search: $search, model: $model, first: $first) {\n      totalCount\n      nodes {\n        id\n        en: label(locale: EN)\n        zh: label(locale: ZH)\n      }\n    }\n  }\n"): typeof import('./graphql').LabelsDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
