/** Draws recipes at random, or near known ones. */
import type { Params, Range } from "./maker.ts";
import { IMAGE_MAKERS, REQUEST_MAKERS } from "./makers.ts";
import { imageMaker, type Profile, type Recipe, requestMaker } from "./recipe.ts";

/** From 0 to 1. */
export type Random = () => number;

/** A random number generator that gives the same numbers in each run. */
export function createRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0; // the generator of Numerical Recipes
    return (state >>> 8) / 2 ** 24;
  };
}

/** Every maker's starts: images by `POST /classify`, requests with a photo. */
export function listStarts(profile: Profile): Recipe[] {
  const [upload] = REQUEST_MAKERS;
  const request = { maker: upload.name, params: upload.starts[0] };
  const images = IMAGE_MAKERS.flatMap(({ name, starts }) =>
    starts.map((params) => ({ profile, request, image: { maker: name, params } })),
  );
  const requests = REQUEST_MAKERS.flatMap(({ name, starts }) =>
    starts.map((params) => ({ profile, request: { maker: name, params } })),
  );
  return [...images, ...requests];
}

/** The image of a recipe in requests that use it many times. */
export function listCombinations(recipe: Recipe): Recipe[] {
  const requests = REQUEST_MAKERS.filter(({ takesImage }) => takesImage);
  return requests.flatMap(({ name, starts }) =>
    starts.map((params) => ({ ...recipe, request: { maker: name, params } })),
  );
}

/** A recipe of any makers, with any parameters. */
export function drawRecipe(profile: Profile, random: Random): Recipe {
  const maker = pick(REQUEST_MAKERS, random);
  const request = { maker: maker.name, params: drawAll(maker.ranges, random) };
  if (!maker.takesImage) return { profile, request };
  const image = pick(IMAGE_MAKERS, random);
  return { profile, request, image: { maker: image.name, params: drawAll(image.ranges, random) } };
}

/** Changes one or two parameters, or sends the image in another request. */
export function varyRecipe(recipe: Recipe, random: Random): Recipe {
  const { image, request } = recipe;
  if (image && random() < 0.2) {
    const maker = pick(
      REQUEST_MAKERS.filter(({ takesImage }) => takesImage),
      random,
    );
    return { ...recipe, request: { maker: maker.name, params: pick(maker.starts, random) } };
  }
  if (image && random() < 0.7) {
    const params = vary(image.params, imageMaker(image.maker).ranges, random);
    return { ...recipe, image: { ...image, params } };
  }
  const params = vary(request.params, requestMaker(request.maker).ranges, random);
  return { ...recipe, request: { ...request, params } };
}

type Ranges = Readonly<Record<string, Range>>;

function vary(params: Params, ranges: Ranges, random: Random): Params {
  const names = Object.keys(ranges);
  if (names.length === 0) return params;
  const changed = { ...params };
  const count = random() < 0.5 ? 1 : 2;
  for (let i = 0; i < count; i++) {
    const name = pick(names, random);
    const range = ranges[name] as Range;
    const value = params[name];
    const near = typeof value === "number" && "min" in range && random() < 0.6;
    changed[name] = near
      ? clamp(Math.round(value * 4 ** (random() - 0.5)), range)
      : draw(range, random);
  }
  return changed;
}

function drawAll(ranges: Ranges, random: Random): Params {
  return Object.fromEntries(
    Object.entries(ranges).map(([name, range]) => [name, draw(range, random)]),
  );
}

/** The limits themselves are often the worst, so they are likely. */
function draw(range: Range, random: Random): number | string | boolean {
  if ("choices" in range) return pick(range.choices, random);
  const { min, max } = range;
  const kind = random();
  if (kind < 0.2) return min;
  if (kind < 0.4) return max;
  const low = Math.log(min + 1);
  return clamp(Math.round(Math.exp(low + random() * (Math.log(max + 1) - low)) - 1), range);
}

function clamp(value: number, { min, max }: { min: number; max: number }): number {
  return Math.min(max, Math.max(min, value));
}

export function pick<T>(values: readonly T[], random: Random): T {
  return values[Math.floor(random() * values.length)] as T;
}
