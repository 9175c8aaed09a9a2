import { useEffect, useState } from "preact/hooks";
import { fetchModels, type PublishedModel } from "./api/published-models.ts";

/** The published models as far as they are known, and a promise of them. */
export type Models = {
  readonly known: readonly PublishedModel[];
  readonly loaded: Promise<readonly PublishedModel[]>;
};

/** Loads the models once. Without them the default model still answers, or says what is wrong. */
export function useModels(): Models {
  const [known, setKnown] = useState<readonly PublishedModel[]>([]);
  const [loaded] = useState(() => fetchModels().catch(() => []));
  useEffect(() => {
    loaded.then(setKnown);
  }, [loaded]);
  return { known, loaded };
}
