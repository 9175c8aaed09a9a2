import { type Attributes, floats, intOf, MICROSOFT, makeNode } from "../../graphs/graph.ts";
import type { PlannedNode } from "../plan.ts";
import { Emitter, makeZeros } from "./emitter.ts";

/** Writes integer operators, such as QLinearConv. */
export class QOperatorEmitter extends Emitter {
  protected override emitWeighted(planned: PlannedNode & { kind: "weighted" }): void {
    const { node, input, output, weight } = planned;
    const { weight: data, scales, bias } = this.weightsOf(output);
    const x = [this.integer(input), ...this.levels(input)];
    const w = [
      this.add(`${output}.weight.q`, { type: "int8", shape: weight.shape, data }),
      this.add(`${output}.weight.scale`, floats([scales.length], scales)),
      this.add(`${output}.weight.zero`, makeZeros(scales.length)),
    ];
    const b = this.add(`${output}.bias.q`, { type: "int32", shape: [bias.length], data: bias });
    const y = this.levels(output);
    const name = this.makeInteger(output);
    if (node.operator === "Conv") {
      this.nodes.push(makeNode("QLinearConv", [...x, ...w, ...y, b], name, node.attributes));
    } else {
      const attributes = { transB: { int: 1 } };
      this.nodes.push(makeNode("QGemm", [...x, ...w, b, ...y], name, attributes, MICROSOFT));
    }
  }

  protected override emitRequantised(planned: PlannedNode & { kind: "requantised" }): void {
    const { node, inputs, output } = planned;
    const parts = inputs.flatMap((input) => [this.integer(input), ...this.levels(input)]);
    const y = this.levels(output);
    const name = this.makeInteger(output);
    const push = (operator: string, list: readonly string[], attributes: Attributes) =>
      this.nodes.push(makeNode(operator, list, name, attributes, MICROSOFT));
    if (node.operator === "Concat") {
      push("QLinearConcat", [...y, ...parts], { axis: { int: intOf(node, "axis", 1) } });
    } else push(`QLinear${node.operator}`, [...parts, ...y], node.attributes);
  }
}
