import { TensorProto_DataType } from "onnx-buf";
import { makePlain, type OddNetwork } from "./plain-network.ts";
import {
  doubles,
  external,
  externalRow,
  halves,
  keepIo,
  retyped,
  sameNodeNames,
  upperHalves,
} from "./rewrite-files.ts";

const { FLOAT16, DOUBLE, BFLOAT16 } = TensorProto_DataType;

/** Networks whose weights have other types, or lie in other files. */
export const FILES: readonly OddNetwork[] = [
  {
    name: "fp16-keepio",
    make: keepIo,
    notes: ["weights in half precision were converted to float32"],
    tolerance: 0.01,
  },
  {
    name: "fp16",
    make: () => retyped(makePlain(), FLOAT16, halves, true),
    notes: ["float16 was converted to float32"],
    tolerance: 0.01,
  },
  {
    name: "double",
    make: () => retyped(makePlain(), DOUBLE, doubles, true),
    notes: ["double was converted to float32"],
  },
  {
    name: "bfloat16",
    make: () => retyped(makePlain(), BFLOAT16, upperHalves, true),
    notes: ["bfloat16 was converted to float32"],
    tolerance: 0.05,
  },
  externalRow("external-data", "external-data.onnx.data"),
  externalRow("external-data-in-folder", "weights/all of them.bin"),
  {
    name: "external-data-missing",
    make: () => external("gone.bin").file,
    code: "FILE_UNREADABLE",
    cause: /gone\.bin/,
    fix: /external_data=False/,
  },
  {
    name: "external-data-short",
    make: () => external("short.bin").file,
    beside: () => new Map([["short.bin", new Uint8Array(10)]]),
    code: "GRAPH_UNREADABLE",
    cause: /has 10 bytes/,
    fix: /same export/,
  },
  ...["../secret.bin", "/etc/passwd", "a/../../b", "C:\\secret", "..\\b"].map(
    (location): OddNetwork => ({
      name: `external-data-at${location.replace(/[^a-z]+/gi, "-").toLowerCase()}`,
      make: () => external(location).file,
      code: "GRAPH_UNSUPPORTED",
      cause: /not in the folder of the model/,
      fix: /beside the model/,
    }),
  ),
  {
    name: "same-node-names",
    make: sameNodeNames,
    notes: ["the file was rewritten in a form that ONNX Runtime loads"],
  },
];
