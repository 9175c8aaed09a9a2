import type { CommonHeader } from "../../../src/imaging/common-header.ts";

/** What decoding one file in workerd came to. */
export type DecodeOutcome = DecodedOutcome | RefusedOutcome;

export type DecodedOutcome = {
  readonly status: 200;
  readonly header: CommonHeader;
  /** Box-averaged to 8x8 RGB. */
  readonly thumb8: readonly number[];
  readonly ms: number;
  readonly estimatedMs: number;
  /** Buffers and WebAssembly memory that decoding allocated, without the file. */
  readonly peakBytes: number;
  readonly estimatedBytes: number;
};

export type RefusedOutcome = {
  /** The HTTP status of the code; 500 for anything but a typed error. */
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly ms: number;
};
