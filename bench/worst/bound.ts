/** How much CPU time a request may take. */

/**
 * No accepted request may cost more than this many classifications of examples/cat.jpg by ONNX Runtime, measured in
 * the same run. One takes about 90 ms of CPU on 2 cores of a cloud machine, so the bound is about 4.5 s.
 */
export const MAX_TIMES_CAT = 50;
/** A request is stopped if it takes this many times longer than the bound: it has failed by then. */
export const STOP_AT = 2;
/** An isolate has 128 MB; a process that grows by this much has failed, and may endanger the machine. */
export const MAX_GROWTH_BYTES = 1_500_000_000;
