/** Refuses ResNets whose weights have the same names and shapes as a plain one's, but whose graph differs. */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { GraphError } from "../../src/graphs/graph-error.ts";
import { readMetadata } from "../../src/graphs/safetensors/read-safetensors.ts";
import { isUrl } from "./find-source.ts";

/** What model cards, addresses and config.json say about such networks. */
const VARIANTS: readonly [RegExp, string][] = [
  [/res(?:net|next)(?:blur|aa)\d+\w*/i, "pools with anti-aliasing"],
  [/"aa_layer"\s*:\s*"[^"]+"|blur_?pool/i, "pools with anti-aliasing"],
  [/"downsample_in_bottleneck"\s*:\s*true/, "has its strides in other convolutions"],
  [/"hidden_act"\s*:\s*"(?!relu")\w+"/, "has another activation than ReLU"],
];

/**
 * @param from - the path or URL of the weights
 * @throws GraphError WEIGHTS_UNSUPPORTED if the name, the metadata or a config.json beside the file says so
 */
export async function refuseBlurPooling(
  bytes: Uint8Array,
  from: string,
  name: string,
): Promise<void> {
  const metadata = JSON.stringify(readMetadata(bytes));
  const config = isUrl(from)
    ? ""
    : await readFile(join(dirname(from), "config.json"), "utf8").catch(() => "");
  for (const text of [name, from, metadata, config]) {
    for (const [pattern, difference] of VARIANTS) {
      const [found] = pattern.exec(text) ?? [];
      if (found === undefined) continue;
      throw new GraphError("WEIGHTS_UNSUPPORTED", {
        what: `${from} is not a supported ResNet.`,
        why: `It is called or described as ${found}. Such a network ${difference}, which its weights do not show, so a plain ResNet of them would give other answers.`,
        fix: "Export the network as .onnx, for example with torch.onnx.export(timm.create_model(…), …), and give that file.",
      });
    }
  }
}
