/** What the page asks of the API; typed by `npm run schema`. */
import { graphql } from "../../generated/index.ts";

/** The models to choose from. */
export const modelsDocument = graphql(`
  query Models {
    models {
      id
      version
      aliases
      classes
      architecture
      bytes
      training {
        method
        base
        trainingPhotos
        classes
      }
      metrics {
        name
        value
      }
    }
  }
`);

/** All that is shown except heat maps. Names come in both languages: switching needs no request. */
export const classifyDocument = graphql(`
  query Classify($image: ImageInput!, $models: [String!]!, $topK: Int!, $framing: Framing!) {
    classify(image: $image, models: $models, topK: $topK, framing: $framing) {
      answer {
        kind
        id
        synset
        en: label(locale: EN)
        zh: label(locale: ZH)
        confidence
      }
      answers {
        kind
        id
        synset
        en: label(locale: EN)
        zh: label(locale: ZH)
        confidence
      }
      familiar
      predictions {
        id
        en: label(locale: EN)
        zh: label(locale: ZH)
        confidence
        enAncestors: ancestors(locale: EN) {
          label
        }
        zhAncestors: ancestors(locale: ZH) {
          label
        }
      }
      votes {
        model {
          id
          version
          engine
          architecture
          recommendedThreshold
          classes
        }
        prediction {
          en: label(locale: EN)
          zh: label(locale: ZH)
          confidence
        }
      }
      regions {
        x
        y
        width
        height
      }
      image {
        frames
      }
      cached
      receipt
    }
  }
`);

/** One heat map. Each costs the service a pass through the network, so only the one shown is asked for. */
export const heatmapDocument = graphql(`
  query Heatmap($image: ImageInput!, $models: [String!]!, $framing: Framing!, $id: ID!) {
    classify(image: $image, models: $models, framing: $framing, topK: 1) {
      explain(id: $id, size: 224, style: MASK) {
        heatmap
        model {
          architecture
          version
        }
        region {
          x
          y
          width
          height
        }
      }
    }
  }
`);

/** The classes whose name or id contains a text. */
export const labelsDocument = graphql(`
  query Labels($search: String!, $model: String!, $first: Int!) {
    labels(search: $search, model: $model, first: $first) {
      totalCount
      nodes {
        id
        en: label(locale: EN)
        zh: label(locale: ZH)
      }
    }
  }
`);
