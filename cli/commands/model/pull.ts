import { access, constants, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { countClasses } from "../../../src/labels/label-classes.ts";
import { CliError } from "../../cli-error.ts";
import { readUrl } from "../../command/read-url.ts";
import { defineCommand } from "../../define-command.ts";
import { convertSource } from "../../downloads/convert-source.ts";
import { fetchExternalData } from "../../downloads/fetch-external-data.ts";
import { fetchSource, isSameFile } from "../../downloads/fetch-source.ts";
import {
  CATALOGUE_NAMES,
  findSource,
  readEnlarge,
  readFrom,
  readNetworkName,
  readSha256,
} from "../../downloads/find-source.ts";
import { makeManifest } from "../../downloads/make-manifest.ts";
import { writingFailed } from "../../files/writing-failed.ts";
import { FACT_OPTIONS } from "../../models/fact-options.ts";
import { readFacts } from "../../models/model-facts.ts";
import { writeModelFolder } from "../../models/model-folder.ts";
import { readLabelSources } from "../../platform/label-sources.ts";

export const pull = defineCommand({
  description:
    "Write a model folder with fp32.onnx, manifest.json and, for a ResNet in safetensors, head.f16.bin. A network that is quantised already becomes quantized.onnx. A Softmax at the end is removed, half precision becomes float32, and weights in files beside an .onnx file are put into it. If a download is interrupted, run the same command again to resume it.",
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
      help: "use this .safetensors file (a ResNet, ResNeXt or Wide ResNet with the parameter names of TorchVision or Hugging Face) or .onnx file",
      parse: readFrom,
    },
    sha256: {
      type: "text",
      placeholder: "HEX",
      help: "expected SHA-256 of the file",
      parse: readSha256,
    },
    output: {
      type: "text",
      placeholder: "NAME",
      help: "the output with one number for each class (.onnx only)",
      defaultText: "logits, or the only one with as many numbers as there are classes",
    },
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
    const { enlarge, output } = options;
    const entry = findSource(name, options.from);
    requireFormat(entry.format, { enlarge, output });
    const facts = await readFacts(options, { licence: entry.licence, inputSize: enlarge?.from });
    const { table } = await readLabelSources();
    const folder = options.out ?? join(".resnet-edge", name);
    const source = join(folder, `source.${entry.format}`);
    await prepareFolder(folder, options.from);
    const { bytes, sha256 } = await fetchSource(source, entry, options);
    const file = await fetchExternalData(new Uint8Array(await readFile(source)), entry, {
      folder,
      silent: options.json,
      mirror: options.mirror,
    });
    const network = await convertSource(file.bytes, entry, {
      ...facts.input,
      enlargeTo: enlarge?.to,
      output,
      classes: countClasses(facts.labels, table),
    });
    const { externalFiles } = file;
    const origin = [
      `${entry.url} (SHA-256 ${sha256})`,
      ...externalFiles.map((external) => `${external.name} (SHA-256 ${external.sha256})`),
    ].join(" with ");
    const { quantized, notes } = network;
    const made = makeManifest(name, [origin, ...notes].join("; "), facts, network, table);
    const { manifest } = await writeModelFolder(folder, made, network.files).catch((cause) => {
      throw cause instanceof CliError ? cause : writingFailed(folder, cause);
    });
    const lines = [
      `Wrote ${name} (${manifest.architecture}, ${manifest.licence}) to ${folder}.`,
      `SHA-256 of the source: ${sha256}`,
      ...externalFiles.map((external) => `SHA-256 of ${external.name}: ${external.sha256}`),
      ...notes.map((note) => `Note: ${note}.`),
      quantized
        ? `The network is quantised already, so it does not need model quantize.\nNext: resnet-edge model evaluate ${folder} --data DIR`
        : `Next: resnet-edge model quantize ${folder} --images DIR`,
    ];
    return {
      result: {
        name,
        folder,
        source: entry.url,
        bytes,
        sha256,
        externalFiles,
        quantized,
        notes,
        manifest,
      },
      text: lines.join("\n"),
    };
  },
});

/** @throws CliError OPTION_INVALID if an option has no effect on files of this format */
function requireFormat(
  format: "safetensors" | "onnx",
  { enlarge, output }: { readonly enlarge: unknown; readonly output: unknown },
): void {
  const [option, wanted] =
    format === "onnx" && enlarge !== undefined
      ? ["--enlarge", ".safetensors"]
      : format === "safetensors" && output !== undefined
        ? ["--output", ".onnx"]
        : [];
  if (option === undefined) return;
  throw new CliError("OPTION_INVALID", {
    what: `${option} is not valid.`,
    why: `It works with ${wanted} files only, and this is an .${format} file.`,
    fix:
      option === "--enlarge"
        ? "Leave it out, and put a Resize at the start of the network before you export it."
        : "Leave it out.",
  });
}

/**
 * Makes the folder, before anything is downloaded.
 *
 * @throws CliError FILE_UNWRITABLE; OPTION_INVALID if the command would overwrite the file that it reads
 */
async function prepareFolder(folder: string, from: string | undefined): Promise<void> {
  for (const file of ["fp32.onnx", "quantized.onnx"]) {
    if (from === undefined || !(await isSameFile(join(folder, file), from))) continue;
    throw new CliError("OPTION_INVALID", {
      what: `${folder} cannot be the folder to write.`,
      why: `The command would overwrite ${from}, the file that it reads.`,
      fix: "Give another folder with --out.",
    });
  }
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (cause) {
    throw writingFailed(folder, cause);
  }
}
