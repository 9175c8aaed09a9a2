/** The networks that can be pulled by name. */

/** Where a network's weights are. */
export type CatalogueEntry = {
  readonly name: string;
  readonly format: "safetensors" | "onnx";
  readonly url: string;
  readonly licence: string;
  readonly description: string;
  /** Exact size; undefined if only the host states it. */
  readonly bytes?: number;
  /** Undefined if the host states it, as Hugging Face does; otherwise --sha256 must. */
  readonly sha256?: string;
};

const ONNX_ZOO =
  "https://media.githubusercontent.com/media/onnx/models/main/validated/vision/classification";

export const CATALOGUE: readonly CatalogueEntry[] = [
  {
    name: "resnet18-torchvision",
    format: "safetensors",
    url: "https://huggingface.co/timm/resnet18.tv_in1k/resolve/main/model.safetensors",
    licence: "BSD-3-Clause",
    description: "TorchVision's ResNet-18 (IMAGENET1K_V1), published by timm",
  },
  {
    name: "resnet18-zoo",
    format: "onnx",
    url: `${ONNX_ZOO}/resnet/model/resnet18-v1-7.onnx`,
    licence: "Apache-2.0",
    description: "ResNet-18 v1 of the ONNX Model Zoo",
    bytes: 46_748_516,
    sha256: "d9569854dc9a225248845b0853486a98ab1c0cdcd48dad19fb245430879a038e",
  },
  {
    name: "mobilenetv2",
    format: "onnx",
    url: `${ONNX_ZOO}/mobilenet/model/mobilenetv2-12.onnx`,
    licence: "Apache-2.0",
    description: "MobileNetV2 of the ONNX Model Zoo",
    sha256: "c0c3f76d93fa3fd6580652a45618618a220fced18babf65774ed169de0432ad5",
  },
  {
    name: "shufflenetv2",
    format: "onnx",
    url: `${ONNX_ZOO}/shufflenet/model/shufflenet-v2-12.onnx`,
    licence: "Apache-2.0",
    description: "ShuffleNetV2 of the ONNX Model Zoo",
    sha256: "ea69821b4dd374ae2f33f9710dd1229ac263d0ee5b5a46ca3521f6483e1ba035",
  },
];
