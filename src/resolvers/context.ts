import type { ClassifyServices } from "../classification/classify-image.ts";

/** What every resolver can reach. */
export type ResolverContext = { readonly services: ClassifyServices };
