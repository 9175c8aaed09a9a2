/** What the input of an ONNX file takes. */
import { TensorProto_DataType, type ValueInfoProto } from "onnx-buf";
import type { Size } from "../../imaging/choose-reduction.ts";
import { type GraphNode, intsOf } from "../graph.ts";
import { GraphError } from "../graph-error.ts";

/** Order of the dimensions: batch, channels, height and width, or channels last. */
export type Layout = "nchw" | "nhwc";

/** What is expected of an input. Whatever is undefined is taken from the file. */
export type InputRequest = {
  /** In pixels; one number if it is square. */
  readonly size?: number | Size | undefined;
  /** Of an input that leaves its size open; if undefined, it has {@link USUAL_SIDE}. */
  readonly openSize?: Size | undefined;
  readonly layout?: Layout | undefined;
};

export type FoundInput = {
  readonly layout: Layout;
  /** The element type, with ONNX's name. */
  readonly elements: "float" | "double" | "bfloat16" | "float16" | "uint8";
  readonly size: Size;
};

/** Of an input that leaves its size open, in pixels. */
export const USUAL_SIDE = 224;

const CHANNELS = 3;
/** Numbers of channels that other images have. */
const OTHER_CHANNELS: readonly (number | undefined)[] = [1, 2, 4];
/** The Transpose that begins a network whose input is in NHWC, while its layers are in NCHW. */
const TO_NCHW = "0,3,1,2";

const ELEMENTS: Readonly<Partial<Record<TensorProto_DataType, FoundInput["elements"]>>> = {
  [TensorProto_DataType.FLOAT]: "float",
  [TensorProto_DataType.DOUBLE]: "double",
  [TensorProto_DataType.BFLOAT16]: "bfloat16",
  [TensorProto_DataType.FLOAT16]: "float16",
  [TensorProto_DataType.UINT8]: "uint8",
};

/**
 * Finds the layout, element type and size of an input.
 *
 * @param file - its name in messages
 * @throws GraphError GRAPH_INPUT_MISMATCH, GRAPH_UNSUPPORTED
 */
export function readInput(
  input: ValueInfoProto,
  nodes: readonly GraphNode[],
  request: InputRequest,
  file: string,
): FoundInput {
  const tensor = input.type?.value.case === "tensorType" ? input.type.value.value : undefined;
  const elements = tensor && ELEMENTS[tensor.elemType as TensorProto_DataType];
  if (elements === undefined) {
    const name = TensorProto_DataType[tensor?.elemType ?? 0]?.toLowerCase();
    throw new GraphError("GRAPH_UNSUPPORTED", {
      what: `${file} is not a supported ONNX file.`,
      why: `Its input ${input.name} takes numbers of the type ${name}, not float32 or uint8.`,
      fix: "Export it again with an input of float32.",
    });
  }
  // 0 for a dimension that is left open.
  const dims = tensor?.shape?.dim.map(({ value }) =>
    value.case === "dimValue" ? Math.max(0, Number(value.value)) : 0,
  ) ?? [0, 0, 0, 0];
  const shape = `Its input ${input.name} has the shape [${dims.map((side) => side || "?").join(", ")}]`;
  if (dims.length !== 4) {
    throw mismatch(file, {
      what: "does not take an image",
      why: `${shape}. It has ${dims.length} dimensions, not 4: batch, channels, height and width.`,
      fix: "Export it again with an input such as [1, 3, 224, 224].",
    });
  }
  const [batch = 0] = dims;
  if (batch > 1) {
    throw mismatch(file, {
      what: "does not take one image at a time",
      why: `${shape}, which is a batch of ${batch} images.`,
      fix: "Export it again with a batch of 1, or with a batch that is left open.",
    });
  }
  const layout = request.layout ?? findLayout(dims, input.name, nodes);
  const [channels = 0, height = 0, width = 0] =
    layout === "nchw" ? dims.slice(1) : [dims[3], dims[1], dims[2]];
  if (channels !== 0 && channels !== CHANNELS) {
    throw mismatch(file, {
      what: "does not take colour images",
      why: `${shape}. In ${layout.toUpperCase()} it takes ${channels} channel${channels === 1 ? "" : "s"}, but photos have ${CHANNELS}: red, green and blue.`,
      fix:
        request.layout === undefined
          ? "Give a network for colour images. One for grey images can be exported again with a first layer that takes 3 channels and makes 1 of them."
          : "Leave out --layout, so that it is found in the shape.",
    });
  }
  return { layout, elements, size: chooseSize({ width, height }, request, shape, file) };
}

function findLayout(
  [, second, , fourth]: readonly number[],
  name: string,
  nodes: readonly GraphNode[],
): Layout {
  if (second === CHANNELS) return "nchw";
  if (fourth === CHANNELS) return "nhwc";
  if (OTHER_CHANNELS.includes(second)) return "nchw";
  if (OTHER_CHANNELS.includes(fourth)) return "nhwc";
  const isTransposed = nodes.some(
    (node) =>
      node.operator === "Transpose" &&
      node.inputs[0] === name &&
      intsOf(node, "perm")?.join() === TO_NCHW,
  );
  return isTransposed ? "nhwc" : "nchw";
}

/** @param found - with 0 for a side that is left open */
function chooseSize(
  found: Size,
  { size, openSize }: InputRequest,
  shape: string,
  file: string,
): Size {
  const wanted = typeof size === "number" ? { width: size, height: size } : size;
  const open = wanted ?? openSize;
  const chosen = {
    width: found.width || open?.width || found.height || USUAL_SIDE,
    height: found.height || open?.height || found.width || USUAL_SIDE,
  };
  if (!wanted || (wanted.width === chosen.width && wanted.height === chosen.height)) return chosen;
  const text =
    chosen.width === chosen.height ? String(chosen.width) : `${chosen.height}x${chosen.width}`;
  throw mismatch(file, {
    what: `does not take images of ${wanted.height}x${wanted.width} px`,
    why: `${shape}: ${chosen.height} px high and ${chosen.width} px wide.`,
    fix: `Give --input-size ${text}, or leave it out.`,
  });
}

function mismatch(
  file: string,
  { what, why, fix }: { what: string; why: string; fix: string },
): GraphError {
  return new GraphError("GRAPH_INPUT_MISMATCH", { what: `${file} ${what}.`, why, fix });
}
