import { join } from "node:path";

const ROOT = new URL("../../", import.meta.url).pathname;

/** Photos of the repository that any network can be run on. */
export const SAMPLE_PHOTOS: readonly string[] = [
  "docs/photos/astronaut.jpg",
  "docs/photos/camera.jpg",
  "docs/photos/clock.jpg",
  "examples/cat.jpg",
  "examples/espresso.jpg",
  "examples/rocket.jpg",
].map((path) => join(ROOT, path));
