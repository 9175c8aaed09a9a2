/** Translates the parameter names of wrappers and of Hugging Face's ResNets to TorchVision's. */
import type { StateDict } from "../safetensors/read-safetensors.ts";

/** Names of Hugging Face's ResNetForImageClassification, and what TorchVision calls the same. */
const HUGGING_FACE: readonly [RegExp, (match: RegExpExecArray) => string][] = [
  [/^resnet\.embedder\.embedder\.convolution\./, () => "conv1."],
  [/^resnet\.embedder\.embedder\.normalization\./, () => "bn1."],
  [
    /^resnet\.encoder\.stages\.(\d+)\.layers\.(\d+)\.shortcut\.(convolution|normalization)\./,
    ([, stage, block, part]) =>
      `layer${Number(stage) + 1}.${block}.downsample.${part === "convolution" ? 0 : 1}.`,
  ],
  [
    /^resnet\.encoder\.stages\.(\d+)\.layers\.(\d+)\.layer\.(\d+)\.(convolution|normalization)\./,
    ([, stage, block, layer, part]) =>
      `layer${Number(stage) + 1}.${block}.${part === "convolution" ? "conv" : "bn"}${Number(layer) + 1}.`,
  ],
  [/^classifier\.1\./, () => "fc."],
];

/** The linear layer at the end, under the names that it has beside TorchVision's `fc`. */
const HEAD = /^(?:fc|head|classifier)(?:\.fc|\.\d+)?\.(weight|bias)$/;
const PROBE = "layer1.0.conv1.weight";

/**
 * Gives the parameters TorchVision's names, as far as they have others: a prefix such as `module.`, those of
 * Hugging Face, or another name of the classifier. Unknown names stay as they are.
 */
export function toTorchVisionNames(tensors: StateDict): StateDict {
  return renameHead(dropPrefix(renameAll(tensors, fromHuggingFace)));
}

function fromHuggingFace(name: string): string {
  for (const [pattern, replace] of HUGGING_FACE) {
    const match = pattern.exec(name);
    if (match) return replace(match) + name.slice(match[0].length);
  }
  return name;
}

function dropPrefix(tensors: StateDict): StateDict {
  const prefixes = [...tensors.keys()]
    .filter((name) => name.endsWith(`.${PROBE}`))
    .map((name) => name.slice(0, -PROBE.length));
  const [prefix = "", ...others] = prefixes;
  // With several networks in the file, it is not clear which one is meant.
  if (others.length > 0 || tensors.has(PROBE)) return tensors;
  // The classifier may be outside: `backbone.conv1.weight` and `module.fc.weight`.
  const outer = prefix.slice(0, prefix.indexOf(".") + 1);
  return renameAll(tensors, (name) => {
    if (name.startsWith(prefix)) return name.slice(prefix.length);
    return name.startsWith(outer) ? name.slice(outer.length) : name;
  });
}

function renameHead(tensors: StateDict): StateDict {
  const heads = [...tensors.keys()].filter((name) => HEAD.exec(name)?.[1] === "weight");
  if (heads.length !== 1) return tensors;
  return renameAll(tensors, (name) => {
    const part = HEAD.exec(name)?.[1];
    return part === undefined ? name : `fc.${part}`;
  });
}

/** @returns the same parameters if two would get one name */
function renameAll(tensors: StateDict, rename: (name: string) => string): StateDict {
  const renamed = new Map([...tensors].map(([name, tensor]) => [rename(name), tensor]));
  return renamed.size === tensors.size ? renamed : tensors;
}
