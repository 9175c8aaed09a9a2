/**
 * Draws images of further kinds, which only helped to choose between rules that were equally good otherwise. The
 * same kind and number give the same pixels.
 */
import type { RgbImage } from "../../src/imaging/rgb-image.ts";
import { Random } from "../fuzz/random.ts";
import { anyColor, type Color, grey, mix, type Painter, paintImage, SIDE } from "./painter.ts";

type Point = readonly [x: number, y: number];

const painters = { rings, tiles, lines, triangles, waves, darkness, code, bars } as const;

export type OtherKind = keyof typeof painters;
export const OTHER_KINDS = Object.keys(painters) as OtherKind[];

/** @param number - 0 and up; the seed */
export function drawOtherNonsense(kind: OtherKind, number: number): RgbImage {
  return paintImage(painters[kind](new Random(`${kind} ${number}`)));
}

function rings(random: Random): Painter {
  const colors = [anyColor(random), anyColor(random)] as const;
  const [left, top] = anyPoint(random);
  const width = random.between(4, 34);
  return (x, y) => {
    const phase = (Math.hypot(x - left, y - top) / width) * Math.PI;
    return mix(...colors, (1 + Math.sin(phase)) / 2);
  };
}

/** Squares, each in another colour. */
function tiles(random: Random): Painter {
  const columns = random.between(3, 14);
  const colors = Array.from({ length: columns * columns }, () => anyColor(random));
  const cell = (at: number) => Math.floor((at / SIDE) * columns);
  return (x, y) => colors[cell(y) * columns + cell(x)] as Color;
}

/** Straight lines all across, in all directions. */
function lines(random: Random): Painter {
  const ground = anyColor(random);
  const drawn = Array.from({ length: random.between(10, 49) }, () => {
    const [left, top] = anyPoint(random);
    const angle = (random.below(360) * Math.PI) / 180;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const halfWidth = random.between(1, 5);
    const covers = (x: number, y: number) =>
      Math.abs((x - left) * sin - (y - top) * cos) < halfWidth;
    return { covers, color: anyColor(random) };
  });
  return (x, y) => drawn.find(({ covers }) => covers(x, y))?.color ?? ground;
}

function triangles(random: Random): Painter {
  const ground = anyColor(random);
  const drawn = Array.from({ length: random.between(5, 44) }, () => ({
    corners: [anyPoint(random), anyPoint(random), anyPoint(random)] as const,
    color: anyColor(random),
  }));
  return (x, y) => {
    const hit = drawn.find(({ corners: [a, b, c] }) => {
      const sides = [isLeft([x, y], a, b), isLeft([x, y], b, c), isLeft([x, y], c, a)];
      return sides.every((side) => side === sides[0]);
    });
    return hit?.color ?? ground;
  };
}

/** Each channel is a sum of three waves. */
function waves(random: Random): Painter {
  const channels = [0, 1, 2].map(() =>
    Array.from({ length: 3 }, () => {
      const [x, y] = [random.between(-100, 100) / 1000, random.between(-100, 100) / 1000];
      const phase = random.below(628) / 100;
      return (column: number, row: number) => Math.sin(x * column + y * row + phase);
    }),
  );
  return (x, y) => {
    const [red, green, blue] = channels.map((sum) =>
      sum.reduce((level, wave) => level + 42 * wave(x, y), 128),
    );
    return [red as number, green as number, blue as number];
  };
}

/** A dark colour with the noise of a sensor. */
function darkness(random: Random): Painter {
  const [red, green, blue] = mix([0, 0, 0], anyColor(random), 0.3);
  const strength = random.between(2, 21);
  const noisy = (level: number) => {
    const noise = random.below(100) + random.below(100) + random.below(100) - 150;
    return Math.max(0, level + (noise / 100) * strength);
  };
  return () => [noisy(red), noisy(green), noisy(blue)];
}

/** A square of black and white cells, as in a two-dimensional bar code. */
function code(random: Random): Painter {
  const columns = 21 + 4 * random.below(6);
  const margin = 20;
  const cells = Array.from({ length: columns * columns }, () => random.chance(50));
  const cell = (at: number) => Math.floor(((at - margin) / (SIDE - 2 * margin)) * columns);
  return (x, y) => {
    const [column, row] = [cell(x), cell(y)];
    const isInside = Math.min(column, row) >= 0 && Math.max(column, row) < columns;
    return grey(isInside && cells[row * columns + column] ? 10 : 245);
  };
}

/** A bar chart. */
function bars(random: Random): Painter {
  const heights = Array.from({ length: random.between(4, 13) }, () => random.below(1000) / 1000);
  const color = anyColor(random);
  return (x, y) => {
    const at = (x / SIDE) * heights.length;
    const fraction = at - Math.floor(at);
    const isBar = fraction > 0.2 && fraction < 0.8;
    const isBelow = 1 - y / SIDE < (heights[Math.floor(at)] as number) * 0.9;
    return isBar && isBelow ? color : grey(255);
  };
}

function anyPoint(random: Random): Point {
  return [random.below(SIDE), random.below(SIDE)];
}

/** Whether a point is left of the line from one point to another. */
function isLeft([x, y]: Point, [x0, y0]: Point, [x1, y1]: Point): boolean {
  return (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0) < 0;
}
