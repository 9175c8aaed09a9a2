import { useEffect, useState } from "preact/hooks";
import { fetchClasses, type NamedClass } from "./api/labels.ts";

/** The classes of models by alias or `id@version`, as far as they are known. */
export type KnownClasses = ReadonlyMap<string, readonly NamedClass[]>;

/** The classes of a version never change, and those of an alias hardly while a page is open. */
const asked = new Map<string, Promise<readonly NamedClass[]>>();

/** The classes of the models. Those that cannot be loaded stay unknown: they only serve hints. */
export function useClasses(models: readonly string[]): KnownClasses {
  const [known, setKnown] = useState<KnownClasses>(new Map());
  useEffect(() => {
    let over = false;
    for (const model of new Set(models)) {
      const classes = asked.get(model) ?? fetchClasses(model);
      asked.set(model, classes);
      classes.then(
        (names) => over || setKnown((before) => new Map(before).set(model, names)),
        () => asked.delete(model),
      );
    }
    return () => {
      over = true;
    };
  }, [models.join()]);
  return known;
}
