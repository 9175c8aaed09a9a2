/** Content that is recognised but not decoded. */
export type ForeignFormat = {
  /** As people write it; begins a sentence. */
  readonly name: string;
  /** What to do instead, in one sentence. */
  readonly advice: string;
};
