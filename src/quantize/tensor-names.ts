/** The names that a prepared network gives to its input, outputs and head; manifests use them too. */
export const INPUT = "input";
export const LOGITS = "logits";
export const EMBEDDING = "embedding";
export const FEATURES = "features";
/** The mean of the features, [1, D, 1, 1]. */
export const POOLED = "pooled";
/** The input of the linear layer if that is not a mean of features. */
export const HEAD_INPUT = "head.input";
export const HEAD_WEIGHT = "head.weight";
export const HEAD_BIAS = "head.bias";
