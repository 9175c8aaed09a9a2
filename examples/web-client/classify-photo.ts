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
        id
        label
        confidence
        heatmap(size: 224)
      }
    }
  }
`);

/** What the page shows. The type follows from the fields above. */
export type ClassifiedPhoto = ClassifyPhotoQuery["classify"];

/** @throws ServiceError if the service refuses the photo */
export async function classifyPhoto(photo: Blob, locale: Locale): Promise<ClassifiedPhoto> {
  // The file travels beside the variables, which have null in its place.
  const variables = { image: null, locale };
  const { classify } = await sendOperation(classifyPhotoDocument, variables, {
    "variables.image": photo,
  });
  return classify;
}
