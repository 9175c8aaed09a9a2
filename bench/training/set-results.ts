/** The finished runs of a set of photos, as methods that can be compared. */
import type { Method } from "./compare-settings.ts";
import { type PhotoSet, runName, SOUP } from "./experiment.ts";
import { isFinished } from "./finish-runs.ts";
import type { Measured } from "./planned-run.ts";
import { meanProbabilities, probabilitiesOf, readMeasured, rightsOf } from "./read-measured.ts";

export class SetResults {
  /** The seeds with which all settings are finished. */
  readonly seeds: readonly number[];
  readonly #runs: ReadonlyMap<string, readonly Measured[]>;
  readonly #soup: Measured | undefined;

  private constructor(
    seeds: readonly number[],
    runs: ReadonlyMap<string, readonly Measured[]>,
    soup: Measured | undefined,
  ) {
    this.seeds = seeds;
    this.#runs = runs;
    this.#soup = soup;
  }

  static async read(out: string, set: PhotoSet, settings: readonly string[]): Promise<SetResults> {
    const seeds = Array.from({ length: set.seeds }, (_, seed) => seed).filter((seed) =>
      settings.every((setting) => isFinished(out, runName(set, setting, seed))),
    );
    const runs = new Map<string, Measured[]>();
    for (const setting of settings) {
      const names = seeds.map((seed) => runName(set, setting, seed));
      runs.set(setting, await Promise.all(names.map((name) => readMeasured(out, name))));
    }
    const soup = runName(set, SOUP, 0);
    const hasSoup = isFinished(out, soup);
    return new SetResults(seeds, runs, hasSoup ? await readMeasured(out, soup) : undefined);
  }

  of(setting: string): readonly Measured[] {
    return this.#runs.get(setting) ?? [];
  }

  /** Networks that answer alone. */
  alone(name: string, setting: string): Method {
    const runs = this.of(setting);
    return { name, rights: runs.map((run) => rightsOf(probabilitiesOf(run), run.test.truths)) };
  }

  /** The networks of all seeds answer together. */
  ensemble(name: string, setting: string): Method {
    const runs = this.of(setting);
    const together = meanProbabilities(runs.map(probabilitiesOf));
    return { name, rights: [rightsOf(together, runs[0]?.test.truths ?? [])] };
  }

  /** Networks of the same seed, but of different settings, answer together. */
  mean(name: string, settings: readonly string[]): Method {
    const rights = this.seeds.map((_, i) => {
      const runs = settings.map((setting) => this.of(setting)[i] as Measured);
      return rightsOf(meanProbabilities(runs.map(probabilitiesOf)), runs[0]?.test.truths ?? []);
    });
    return { name, rights };
  }

  /** The mean of the weights of all seeds; undefined if it is not finished. */
  soup(name: string): Method | undefined {
    const soup = this.#soup;
    return soup && { name, rights: [rightsOf(probabilitiesOf(soup), soup.test.truths)] };
  }

  /** The same method on the test photos of one class. */
  within(method: Method, name: string, classId: string): Method {
    const [run] = [...this.#runs.values()].flat();
    const index = run?.classes.indexOf(classId);
    const isInside = (photo: number) => run?.test.truths[photo] === index;
    return { name, rights: method.rights.map((row) => row.filter((_, i) => isInside(i))) };
  }
}
