import type { ClassifyPhotoQuery, Locale } from "./generated/graphql.ts";
import { graphql } from "./generated/index.ts";
import { sendOperation } from "./send-operation.ts";

const classifyPhotoDocument = graphql(`
  query ClassifyPhoto($image: File!, $locale: Locale!) {
    classify(image: { upload: $image }, topK: 5, locale: $locale) {
      answer {
        kind
        label
        confidence
      }
      predictions {
        rank
        label
        synset
        confidence
        heatmap(size: 224)
      }
    }
  }
`);

/** What the page shows; changes with the selection of the operation. */
export type ClassifiedPhoto = ClassifyPhotoQuery["classify"];

/** Asks what a photo shows. */
export async function classifyPhoto(photo: Blob, locale: Locale): Promise<ClassifiedPhoto> {
  // The file itself travels beside the variables, where its place is null.
  const variables = { image: null, locale };
  const { classify } = await sendOperation(classifyPhotoDocument, variables, {
    "variables.image": photo,
  });
  return classify;
}
