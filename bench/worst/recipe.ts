/** A recipe names the makers of a request and their parameters; `cook` makes the request. */
import type { Outgoing } from "../send-request.ts";
import { readCat } from "./images/photo.ts";
import type { ImageMaker, Params, RequestMaker } from "./maker.ts";
import { IMAGE_MAKERS, REQUEST_MAKERS } from "./makers.ts";

export type Profile = "hardened" | "open";

type Step = { readonly maker: string; readonly params: Params };

export type Recipe = {
  readonly profile: Profile;
  readonly request: Step;
  /** A photo if absent. */
  readonly image?: Step;
};

/** Serves one image at a time to the Worker. */
export type ImageHost = { readonly url: string; serve(image: Buffer): void };

/** Makes the request. */
export async function cook(recipe: Recipe, host: ImageHost): Promise<Outgoing> {
  const image = recipe.image
    ? await imageMaker(recipe.image.maker).make(recipe.image.params)
    : await readCat();
  host.serve(image);
  const surroundings = { image, imageUrl: host.url };
  return requestMaker(recipe.request.maker).make(recipe.request.params, surroundings);
}

export function imageMaker(name: string): ImageMaker {
  return byName(IMAGE_MAKERS, name);
}

export function requestMaker(name: string): RequestMaker {
  return byName(REQUEST_MAKERS, name);
}

function byName<M extends { readonly name: string }>(makers: readonly M[], name: string): M {
  const found = makers.find((maker) => maker.name === name);
  if (found) return found;
  const known = makers.map((maker) => maker.name).join(", ");
  throw new Error(`bench/worst/makers.ts has no maker "${name}", only ${known}.`);
}

/** One line for tables: the makers, and the parameters that differ from the makers' defaults. */
export function describeRecipe({ profile, request, image }: Recipe): string {
  const steps = [
    describeStep(request, requestMaker(request.maker).starts[0]),
    ...(image ? [describeStep(image, imageMaker(image.maker).starts[0])] : []),
  ];
  return `${steps.join(" of ")}${profile === "open" ? " [open]" : ""}`;
}

function describeStep({ maker, params }: Step, defaults: Params): string {
  const entries = Object.entries(params).filter(([name, value]) => value !== defaults[name]);
  if (entries.length === 0) return maker;
  return `${maker}(${entries.map(([name, value]) => `${name} ${JSON.stringify(value)}`).join(", ")})`;
}
