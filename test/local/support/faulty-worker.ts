/** A Worker with the faults that the fuzzer must find: the first byte of a file names one. */
import type { FuzzOutcome } from "../../../bench/fuzz/fuzz-outcome.ts";

const OUTCOME: FuzzOutcome = {
  result: "decoded",
  what: "1x1",
  ms: 0,
  peakBytes: 0,
  estimated: { bytes: 0, ms: 0 },
  again: undefined,
  spoiled: undefined,
};

/** More than a process may grow by. */
const HELD_BYTES = 200e6;

export default {
  async fetch(request) {
    const body = await request.bytes();
    const view = new DataView(body.buffer);
    const outcomes: FuzzOutcome[] = [];
    for (let at = 0, index = 0; at < body.length; at += 4 + view.getUint32(at), index++) {
      // The first two files are sound.
      if (index >= 2) outcomes.push(act(String.fromCharCode(view.getUint8(at + 4))));
    }
    return Response.json(outcomes);
  },
} satisfies ExportedHandler;

function act(fault: string): FuzzOutcome {
  if (fault === "h") while (Date.now() > 0);
  if (fault === "t") throw new Error("The Worker failed.");
  if (fault === "m") {
    const held = Array.from({ length: 5 }, () => new Uint8Array(HELD_BYTES / 5).fill(1));
    return { ...OUTCOME, what: `held ${held.length} buffers` };
  }
  return OUTCOME;
}
