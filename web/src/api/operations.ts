/** What the page asks of the API; typed by `npm run schema`. */
import { graphql } from "../../generated/index.ts";

/** The models that can be chosen. */
export const modelsDocument = graphql(`
  query Models {
    models {
      id
      version
      aliases
      architecture
      classes
      bytes
    }
  }
`);

/** Everything about a photo but where the network looked. Names in both languages: switching is free. */
export const classifyDocument = graphql(`
  query Classify($image: ImageInput!, $models: [String!]!) {
    classify(image: $image, models: $models, topK: 10) {
      answer {
        kind
        synset
        en: label(locale: EN)
        zh: label(locale: ZH)
        confidence
      }
      answers {
        kind
        synset
        en: label(locale: EN)
        zh: label(locale: ZH)
        confidence
      }
      predictions {
        rank
        synset
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
      image {
        format
        width
        height
        bytes
      }
      cached
      receipt
    }
  }
`);

/** Where the network saw its first classes; each costs the service another pass. */
export const heatmapDocument = graphql(`
  query Heatmap($image: ImageInput!, $models: [String!]!, $topK: Int!) {
    classify(image: $image, models: $models, topK: $topK) {
      predictions {
        synset
        heatmap(size: 224, style: MASK)
      }
    }
  }
`);
