/**
 * Tensors that an ONNX file keeps in other files beside it, as PyTorch's exporter does by default.
 *
 * Source: https://onnx.ai/onnx/repo-docs/ExternalData.html
 */
import { clearField, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  type TensorProto,
  TensorProto_DataLocation,
  TensorProtoSchema,
} from "onnx-buf";
import { GraphError } from "../graph-error.ts";

/**
 * Lists the files that a model's tensors are in, as paths relative to the model's folder.
 *
 * @param file - the name of the file in error messages
 * @returns an empty list if the bytes are not ONNX, which {@link readModel} reports
 * @throws GraphError GRAPH_UNSUPPORTED if a path leaves the folder
 */
export function listExternalFiles(bytes: Uint8Array, file: string): string[] {
  const model = parse(bytes);
  const locations = new Set<string>();
  for (const tensor of model ? externalTensors(model) : []) {
    const { location } = readEntry(tensor, file);
    if (!staysInFolder(location)) {
      throw new GraphError("GRAPH_UNSUPPORTED", {
        what: `${file} is not a supported ONNX file.`,
        why: `Its tensor ${tensor.name} is stored in "${location}", which is not in the folder of the model.`,
        fix: "Put the file beside the model, and export the model again into the same folder.",
      });
    }
    locations.add(location);
  }
  return [...locations];
}

/**
 * Makes a model that contains all of its tensors.
 *
 * @param files - the bytes of the files that {@link listExternalFiles} lists
 * @throws GraphError GRAPH_UNREADABLE if a tensor lies beyond the end of its file
 */
export function embedExternalData(
  bytes: Uint8Array,
  file: string,
  files: ReadonlyMap<string, Uint8Array>,
): Uint8Array<ArrayBuffer> {
  const model = fromBinary(ModelProtoSchema, bytes);
  for (const tensor of externalTensors(model)) {
    const { location, offset, length } = readEntry(tensor, file);
    const source = files.get(location) ?? new Uint8Array();
    const end = length === undefined ? source.byteLength : offset + length;
    if (!(offset <= end && end <= source.byteLength)) {
      throw new GraphError("GRAPH_UNREADABLE", {
        what: `${location}, which belongs to ${file}, is damaged or belongs to another model.`,
        why: `The tensor ${tensor.name} lies at the bytes ${offset} to ${end}, but the file has ${source.byteLength} bytes.`,
        fix: "Copy or download both files again, from the same export.",
      });
    }
    tensor.rawData = source.slice(offset, end);
    tensor.externalData = [];
    // ONNX Runtime takes a tensor for an external one if the field is there, whatever it says.
    clearField(tensor, TensorProtoSchema.field.dataLocation);
  }
  return toBinary(ModelProtoSchema, model) as Uint8Array<ArrayBuffer>;
}

function parse(bytes: Uint8Array): ModelProto | undefined {
  try {
    return fromBinary(ModelProtoSchema, bytes);
  } catch {
    return undefined;
  }
}

function externalTensors(model: ModelProto): TensorProto[] {
  const tensors = model.graph ? allTensors(model.graph) : [];
  return tensors.filter(({ dataLocation }) => dataLocation === TensorProto_DataLocation.EXTERNAL);
}

function allTensors({ initializer, node }: GraphProto): TensorProto[] {
  const attributes = node.flatMap(({ attribute }) => attribute);
  return [
    ...initializer,
    ...attributes.flatMap(({ t, tensors }) => [...(t ? [t] : []), ...tensors]),
    ...attributes.flatMap(({ g }) => (g ? allTensors(g) : [])),
  ];
}

function readEntry({ name, externalData }: TensorProto, file: string) {
  const entry = new Map(externalData.map(({ key, value }) => [key, value]));
  const location = entry.get("location");
  const offset = Number(entry.get("offset") ?? 0);
  const lengthText = entry.get("length");
  const length = lengthText === undefined ? undefined : Number(lengthText);
  const valid = [offset, length ?? 0].every((value) => Number.isSafeInteger(value) && value >= 0);
  if (location !== undefined && location !== "" && valid) return { location, offset, length };
  throw new GraphError("GRAPH_UNREADABLE", {
    what: `${file} cannot be read as ONNX.`,
    why: `Its tensor ${name} is stored in another file, but does not say where.`,
    fix: "Download it again, or export it with external_data=False.",
  });
}

function staysInFolder(location: string): boolean {
  return (
    !/^[/\\]|^[a-z]:|[\0\\]/i.test(location) &&
    location.split("/").every((part) => part !== ".." && part !== "")
  );
}
