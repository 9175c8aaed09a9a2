import { useLocalWorker } from "../../support/use-local-worker.ts";
import type { DecodedOutcome, DecodeOutcome, RefusedOutcome } from "./decode-outcome.ts";

/** Starts a Worker that decodes files with the product's imaging code in workerd. */
export function useDecodeWorker() {
  const worker = useLocalWorker({
    entrypoint: new URL("decode-worker.ts", import.meta.url).pathname,
  });

  async function decode(file: Uint8Array): Promise<DecodeOutcome> {
    // The path "/" is the page, which does not accept POST.
    const url = new URL("/decode", worker().url);
    const response = await fetch(url, { method: "POST", body: Uint8Array.from(file) });
    return (await response.json()) as DecodeOutcome;
  }

  return {
    decode,
    /** @throws Error if the file is refused */
    async decoded(file: Uint8Array): Promise<DecodedOutcome> {
      const outcome = await decode(file);
      if ("header" in outcome) return outcome;
      throw new Error(`The file is refused with ${outcome.code}: ${outcome.message}`);
    },
    /** @throws Error if the file is decoded */
    async refused(file: Uint8Array): Promise<RefusedOutcome> {
      const outcome = await decode(file);
      if (!("header" in outcome)) return outcome;
      throw new Error(`The file is decoded to ${JSON.stringify(outcome.header)}.`);
    },
  };
}
