/** The names of the input, outputs and head of a prepared network. Manifests also use them. */
export const INPUT = "input";
export const LOGITS = "logits";
export const EMBEDDING = "embedding";
export const FEATURES = "features";
/** The mean of the features, [1, D, 1, 1]. */
export const POOLED = "pooled";
/** The input of the linear layer, if it is not a mean of features. */
export const HEAD_INPUT = "head.input";
export const HEAD_WEIGHT = "head.weight";
export const HEAD_BIAS = "head.bias";
