import type { Engine } from "../generated/graphql.ts";

/** The names of the products, which are the same in both languages. */
export const ENGINE_NAMES: Readonly<Record<Engine, string>> = {
  ONNXRUNTIME: "ONNX Runtime",
  LITERT: "LiteRT",
};
