import { type Constant, floats, type GraphNode, makeNode } from "../../graphs/graph.ts";
import type { PlannedNode } from "../plan.ts";
import { Emitter, makeZeros } from "./emitter.ts";

/**
 * Writes float operators between DequantizeLinear and QuantizeLinear, which the runtime converts to integer operators
 * when it loads the network.
 */
export class QdqEmitter extends Emitter {
  protected override emitWeighted(planned: PlannedNode & { kind: "weighted" }): void {
    const { node, input, output, weight } = planned;
    const { weight: data, scales, bias } = this.weightsOf(output);
    const inputScale = this.scaleOf(input);
    const count = scales.length;
    const inputs = [
      this.#dequantize(input),
      this.#dequantizeConstant(`${output}.weight`, scales, [
        { type: "int8", shape: weight.shape, data },
        makeZeros(count),
      ]),
      this.#dequantizeConstant(
        `${output}.bias`,
        scales.map((scale) => scale * inputScale),
        [
          { type: "int32", shape: [count], data: bias },
          { type: "int32", shape: [count], data: new Int32Array(count) },
        ],
      ),
    ];
    this.#emitBetween(node, inputs, output);
  }

  protected override emitRequantised(planned: PlannedNode & { kind: "requantised" }): void {
    const { node, inputs, output } = planned;
    this.#emitBetween(
      node,
      inputs.map((input) => this.#dequantize(input)),
      output,
    );
  }

  #emitBetween(node: GraphNode, inputs: readonly string[], output: string): void {
    const raw = `${output}.raw`;
    this.nodes.push({ ...node, inputs, outputs: [raw] });
    const levels = this.levels(output);
    this.nodes.push(makeNode("QuantizeLinear", [raw, ...levels], this.makeInteger(output)));
  }

  /** Returns the dequantised values of a tensor, even if its original values are available. */
  #dequantize(tensor: string): string {
    if (!this.isFloat(tensor)) return this.float(tensor);
    const name = `${tensor}.dq`;
    if (!this.nodes.some(({ outputs }) => outputs[0] === name)) {
      const inputs = [this.integer(tensor), ...this.levels(tensor)];
      this.nodes.push(makeNode("DequantizeLinear", inputs, name));
    }
    return name;
  }

  #dequantizeConstant(
    name: string,
    scales: Float32Array,
    [integers, zeros]: readonly [Constant, Constant],
  ): string {
    const inputs = [
      this.add(`${name}.q`, integers),
      this.add(`${name}.scale`, floats([scales.length], scales)),
      this.add(`${name}.zero`, zeros),
    ];
    this.nodes.push(makeNode("DequantizeLinear", inputs, `${name}.dq`, { axis: { int: 0 } }));
    return `${name}.dq`;
  }
}
