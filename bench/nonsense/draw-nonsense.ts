/** Draws images that show none of a model's classes. The same kind and number give the same pixels. */
import type { RgbImage } from "../../src/imaging/rgb-image.ts";
import { Random } from "../fuzz/random.ts";
import { glyphs } from "./glyphs.ts";
import { anyColor, type Color, grey, mix, type Painter, paintImage, SIDE } from "./painter.ts";

/** What an owner of a camera or a scanner most often sends by mistake. */
const PLAIN_COLORS: readonly Color[] = [
  [0, 0, 0],
  [255, 255, 255],
  [128, 128, 128],
];
const PAPER: Color = [250, 250, 246];
const INK: Color = [24, 24, 28];

const painters = { noise, flat, gradient, text, stripes, checks, spots, clouds } as const;

export type NonsenseKind = keyof typeof painters;
export const NONSENSE_KINDS = Object.keys(painters) as NonsenseKind[];

/** @param number - 0 and up; the seed */
export function drawNonsense(kind: NonsenseKind, number: number): RgbImage {
  return paintImage(painters[kind](new Random(`${kind} ${number}`), number));
}

/** Grains of 1 to 8 pixels, in colour or grey. */
function noise(random: Random, number: number): Painter {
  const grain = 1 << (number % 4);
  const isGrey = random.chance(50);
  const columns = SIDE / grain;
  const colors = Array.from({ length: columns * columns }, () =>
    isGrey ? grey(random.below(256)) : anyColor(random),
  );
  return (x, y) => colors[Math.floor(y / grain) * columns + Math.floor(x / grain)] as Color;
}

function flat(random: Random, number: number): Painter {
  const color = PLAIN_COLORS[number] ?? anyColor(random);
  return () => color;
}

/** Along a line, or from a point outwards. */
function gradient(random: Random): Painter {
  const [from, to] = [anyColor(random), anyColor(random)];
  if (random.chance(30)) {
    const [left, top] = [random.below(SIDE), random.below(SIDE)];
    return (x, y) => mix(from, to, Math.min(Math.hypot(x - left, y - top) / SIDE, 1));
  }
  const along = direction(random);
  return (x, y) => mix(from, to, 0.5 + along(x - SIDE / 2, y - SIDE / 2) / (SIDE * Math.SQRT2));
}

/** A page of words, black on white in half of the cases. */
function text(random: Random, number: number): Painter {
  const [paper, ink] = number % 2 === 0 ? [PAPER, INK] : [light(random), dark(random)];
  const scale = random.between(1, 4);
  const columns = Math.floor(SIDE / (6 * scale));
  const rows = Math.floor(SIDE / (10 * scale));
  const page = Array.from({ length: rows }, () => {
    const end = random.chance(20) ? random.below(columns) : columns - 1;
    return Array.from({ length: columns }, (_, column) =>
      column === 0 || column >= end || random.chance(18) ? undefined : random.pick(glyphs),
    );
  });
  return (x, y) => {
    const [column, row] = [Math.floor(x / (6 * scale)), Math.floor(y / (10 * scale))];
    const [left, top] = [Math.floor(x / scale) % 6, Math.floor(y / scale) % 10];
    return page[row]?.[column]?.[top]?.[left] ? ink : paper;
  };
}

function stripes(random: Random): Painter {
  const colors = [anyColor(random), anyColor(random)] as const;
  const along = direction(random);
  const width = random.between(2, 40);
  const isSoft = random.chance(50);
  return (x, y) => {
    const phase = (along(x, y) / width) * Math.PI;
    return isSoft ? mix(...colors, (1 + Math.sin(phase)) / 2) : colors[Math.sin(phase) > 0 ? 1 : 0];
  };
}

function checks(random: Random): Painter {
  const colors = [anyColor(random), anyColor(random)] as const;
  const side = random.between(3, 64);
  return (x, y) => colors[((Math.floor(x / side) + Math.floor(y / side)) % 2) as 0 | 1];
}

/** Discs of any size and colour, over each other. */
function spots(random: Random): Painter {
  const ground = anyColor(random);
  const discs = Array.from({ length: random.between(4, 60) }, () => ({
    x: random.below(SIDE),
    y: random.below(SIDE),
    radius: random.between(4, 48),
    color: anyColor(random),
  }));
  return (x, y) =>
    discs.findLast((disc) => Math.hypot(x - disc.x, y - disc.y) <= disc.radius)?.color ?? ground;
}

/** Value noise: random values on grids, each twice as fine and half as strong as the one before. */
function clouds(random: Random): Painter {
  const colors = [anyColor(random), anyColor(random)] as const;
  const coarsest = random.between(2, 6);
  const octaves = Array.from({ length: random.between(1, 5) }, (_, octave) =>
    smoothGrid(random, coarsest * 2 ** octave),
  );
  const total = octaves.reduce((sum, _, octave) => sum + 2 ** -octave, 0);
  return (x, y) => {
    const sum = octaves.reduce((at, grid, octave) => at + grid(x, y) * 2 ** -octave, 0);
    return mix(...colors, sum / total);
  };
}

/** A function from pixels to values from 0 to 1, smooth between the `cells` by `cells` random ones. */
function smoothGrid(random: Random, cells: number): (x: number, y: number) => number {
  const side = cells + 1;
  const values = Array.from({ length: side * side }, () => random.below(1001) / 1000);
  const at = (column: number, row: number) => values[row * side + column] as number;
  return (x, y) => {
    const [column, left] = split((x / SIDE) * cells);
    const [row, top] = split((y / SIDE) * cells);
    const above = at(column, row) * (1 - left) + at(column + 1, row) * left;
    const below = at(column, row + 1) * (1 - left) + at(column + 1, row + 1) * left;
    return above * (1 - top) + below * top;
  };
}

/** The whole part, and the fraction on an S-shaped curve from 0 to 1. */
function split(position: number): [whole: number, eased: number] {
  const whole = Math.floor(position);
  const fraction = position - whole;
  return [whole, fraction * fraction * (3 - 2 * fraction)];
}

/** The distance from the origin along a line in a random direction. */
function direction(random: Random): (x: number, y: number) => number {
  const angle = (random.below(360) * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return (x, y) => x * cos + y * sin;
}

function light(random: Random): Color {
  return [random.between(190, 255), random.between(190, 255), random.between(190, 255)];
}

function dark(random: Random): Color {
  return [random.below(90), random.below(90), random.below(90)];
}
