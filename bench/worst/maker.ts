/** Makers turn parameters into an image or a request; the search varies the parameters. */
import type { Outgoing } from "../send-request.ts";

export type Params = Readonly<Record<string, number | string | boolean>>;

/** The values that the search tries for a parameter. */
export type Range =
  /** Whole numbers; small steps matter as much as large ones, so they are drawn on a logarithmic scale. */
  | { readonly min: number; readonly max: number }
  | { readonly choices: readonly (number | string | boolean)[] };

type Maker<P extends Params> = {
  readonly name: string;
  readonly ranges: { readonly [Name in keyof P]: Range };
  /** Where the search starts: what is most likely to be expensive. The first is also the default. */
  readonly starts: readonly [P, ...P[]];
};

export type ImageMaker<P extends Params = Params> = Maker<P> & {
  make(params: P): Buffer | Promise<Buffer>;
};

/** What a request can refer to besides its parameters. */
export type Surroundings = {
  /** The file that the recipe's image maker made; a small photo if the recipe has none. */
  readonly image: Buffer;
  /** Where the Worker can fetch that file; of an allowed host. */
  readonly imageUrl: string;
};

export type RequestMaker<P extends Params = Params> = Maker<P> & {
  /** Whether different images make it cost different amounts. */
  readonly takesImage: boolean;
  make(params: P, surroundings: Surroundings): Outgoing;
};

/** Checks a maker's types, and forgets them so that makers of all kinds fit into one table. */
export function defineImageMaker<P extends Params>(maker: ImageMaker<P>): ImageMaker {
  return { ...maker, make: (params) => maker.make(params as P) };
}

export function defineRequestMaker<P extends Params>(maker: RequestMaker<P>): RequestMaker {
  return { ...maker, make: (params, surroundings) => maker.make(params as P, surroundings) };
}
