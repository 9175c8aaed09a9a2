/**
 * Draws images of kinds that nobody looked at before the rule was final. The same kind and number give the same
 * pixels.
 */
import type { RgbImage } from "../../src/imaging/rgb-image.ts";
import { Random } from "../fuzz/random.ts";
import { anyColor, type Color, grey, type Painter, paintImage, SIDE } from "./painter.ts";

const painters = { cells, scribbles, stars, ripples } as const;

export type UnseenKind = keyof typeof painters;
export const UNSEEN_KINDS = Object.keys(painters) as UnseenKind[];

/** @param number - 0 and up; the seed */
export function drawUnseenNonsense(kind: UnseenKind, number: number): RgbImage {
  return paintImage(painters[kind](new Random(`${kind} ${number}`)));
}

/** Each pixel has the colour of the nearest of some points (a Voronoi diagram). */
function cells(random: Random): Painter {
  const points = Array.from({ length: random.between(8, 80) }, () => ({
    x: random.below(SIDE),
    y: random.below(SIDE),
    color: anyColor(random),
  }));
  return (x, y) => {
    const distance = (point: (typeof points)[number]) => Math.hypot(x - point.x, y - point.y);
    return points.reduce((a, b) => (distance(b) < distance(a) ? b : a)).color;
  };
}

/** A line that wanders about. */
function scribbles(random: Random): Painter {
  const [paper, ink] = [anyColor(random), anyColor(random)];
  const drawn = new Set<number>();
  const thickness = random.between(1, 4);
  let [x, y, angle] = [SIDE / 2, SIDE / 2, 0];
  for (let step = random.between(500, 2500); step > 0; step--) {
    angle += (random.below(100) - 50) / 100;
    x = (x + Math.cos(angle) + SIDE) % SIDE;
    y = (y + Math.sin(angle) + SIDE) % SIDE;
    for (let i = 0; i < thickness * thickness; i++) {
      const [column, row] = [
        Math.floor(x) + (i % thickness),
        Math.floor(y) + Math.floor(i / thickness),
      ];
      drawn.add(row * SIDE + column);
    }
  }
  return (column, row) => (drawn.has(row * SIDE + column) ? ink : paper);
}

/** Bright points on a dark ground. */
function stars(random: Random): Painter {
  const ground = grey(random.below(30));
  const lights = new Map<number, Color>();
  for (let count = random.between(20, 600); count > 0; count--) {
    lights.set(random.below(SIDE * SIDE), grey(random.between(80, 255)));
  }
  return (x, y) => lights.get(y * SIDE + x) ?? ground;
}

/** The sum of ripples around some points, in grey. */
function ripples(random: Random): Painter {
  const sources = Array.from({ length: random.between(2, 6) }, () => ({
    x: random.below(SIDE),
    y: random.below(SIDE),
    length: random.between(3, 30),
  }));
  return (x, y) => {
    const sum = sources.reduce(
      (level, { length, ...at }) => level + Math.sin(Math.hypot(x - at.x, y - at.y) / length),
      0,
    );
    return grey(128 + (127 * sum) / sources.length);
  };
}
