import type { Operator } from "./operator.ts";
import { refuse } from "./refuse.ts";

/** Resize to given sides. Networks that enlarge their image begin with it, so that no gradient is needed. */
export const resize: Operator = {
  shapes: (step, node) => {
    const sides = step.integersOf(node.inputs[3]);
    if (!sides) throw refuse(node, "its size is computed from the image");
    return [sides];
  },
  backward: ({ node }) => {
    throw refuse(node, "it was not needed yet");
  },
};
