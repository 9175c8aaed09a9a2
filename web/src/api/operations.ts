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
    }
  }
`);

/** All that is shown except heat maps. Names come in both languages: switching needs no request. */
export const classifyDocument = graphql(`
  query Classify($image: ImageInput!, $models: [String!]!, $topK: Int!) {
    classify(image: $image, models: $models, topK: $topK) {
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
          architecture
          recommendedThreshold
          cropFraction
        }
        prediction {
          en: label(locale: EN)
          zh: label(locale: ZH)
          confidence
        }
      }
      cached
      receipt
    }
  }
`);

/** One heat map. Each costs the service a pass through the network, so only the one shown is asked for. */
export const heatmapDocument = graphql(`
  query Heatmap($image: ImageInput!, $models: [String!]!, $id: ID!) {
    classify(image: $image, models: $models, topK: 1) {
      heatmap(id: $id, size: 224, style: MASK)
    }
  }
`);
