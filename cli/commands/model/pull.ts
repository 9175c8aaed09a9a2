import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { readUrl } from "../../command/read-url.ts";
import { defineCommand } from "../../define-command.ts";
import { convertSource } from "../../downloads/convert-source.ts";
import { fetchSource } from "../../downloads/fetch-source.ts";
import {
  CATALOGUE_NAMES,
  findSource,
  readEnlarge,
  readNetworkName,
} from "../../downloads/find-source.ts";
import { makeManifest } from "../../downloads/make-manifest.ts";
import { FACT_OPTIONS } from "../../models/fact-options.ts";
import { readFacts } from "../../models/model-facts.ts";
import { writeModelFolder } from "../../models/model-folder.ts";
import { noteSize } from "../../models/note-size.ts";
import { readLabelSources } from "../../platform/label-sources.ts";

/** An int8 network takes about a quarter of its float32 form. */
const INT8_SHARE = 4;

export const pull = defineCommand({
  description:
    "Write a model folder with fp32.onnx, manifest.json and, for a ResNet in safetensors, head.f16.bin. If a download is interrupted, run the same command again to resume it.",
  arguments: {
    name: {
      placeholder: "NAME",
      help: `one of ${CATALOGUE_NAMES}; with --from, any name`,
      parse: readNetworkName,
    },
  },
  options: {
    from: {
      type: "text",
      placeholder: "PATH|URL",
      help: "use this .safetensors file (a ResNet of basic blocks or bottlenecks, with TorchVision's names) or .onnx file",
    },
    sha256: { type: "text", placeholder: "HEX", help: "expected SHA-256 of the file" },
    enlarge: {
      type: "text",
      placeholder: "N:M",
      help: "take N pixels and enlarge them to M before the first convolution (safetensors only)",
      parse: readEnlarge,
    },
    ...FACT_OPTIONS,
    mirror: {
      type: "text",
      placeholder: "URL",
      help: "download from this host instead of the catalogue's; HF_ENDPOINT does the same for Hugging Face",
      parse: readUrl,
    },
    out: {
      type: "text",
      placeholder: "DIR",
      help: "the folder to write",
      defaultText: ".resnet-edge/NAME",
    },
  },
  run: async ({ args: { name }, options }) => {
    const { enlarge } = options;
    const entry = findSource(name, options.from);
    const facts = await readFacts(options, { licence: entry.licence, inputSize: enlarge?.from });
    const folder = options.out ?? join(".resnet-edge", name);
    await mkdir(folder, { recursive: true });
    const source = join(folder, `source.${entry.format}`);
    const { bytes, sha256 } = await fetchSource(source, entry, options);
    const network = await convertSource(new Uint8Array(await readFile(source)), entry, {
      inputSize: facts.preprocess.crop,
      enlargeTo: enlarge?.to,
    });
    const { table } = await readLabelSources();
    const { manifest } = await writeModelFolder(
      folder,
      makeManifest(name, `${entry.url} (SHA-256 ${sha256})`, facts, network, table),
      network.files,
    );
    const note = noteSize(manifest.files.model.bytes / INT8_SHARE, "In int8, this network");
    return {
      result: { name, folder, source: entry.url, bytes, sha256, manifest, ...(note && { note }) },
      text: `${note === undefined ? "" : `Note: ${note}.\n`}Wrote ${name} (${manifest.architecture}, ${manifest.licence}) to ${folder}.
SHA-256 of the source: ${sha256}
Next: resnet-edge model quantize ${folder} --images DIR`,
    };
  },
});
