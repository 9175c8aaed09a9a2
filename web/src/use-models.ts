import { useEffect, useState } from "preact/hooks";
import { ApiError } from "./api/api-error.ts";
import { fetchModels, type PublishedModel } from "./api/published-models.ts";

/** The published models as far as they are known, and a promise of them. */
export type Models = {
  readonly known: readonly PublishedModel[];
  /** None if the first try failed, so that a photo need not wait for the next. */
  readonly loaded: Promise<readonly PublishedModel[]>;
};

const MAX_TRIES = 10;
const DEFAULT_WAIT_SECONDS = 5;

/** Loads the models, again if that fails. Without them the default model still answers, or says what is wrong. */
export function useModels(): Models {
  const [known, setKnown] = useState<readonly PublishedModel[]>([]);
  const [first] = useState(() => fetchModels());
  const [loaded] = useState(() => first.catch(() => []));
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const take = (models: Promise<readonly PublishedModel[]>, tries: number) =>
      models.then(setKnown, (error: unknown) => {
        if (tries >= MAX_TRIES) return;
        const seconds =
          (error instanceof ApiError && error.retryAfterSeconds) || DEFAULT_WAIT_SECONDS;
        timer = setTimeout(() => take(fetchModels(), tries + 1), seconds * 1000);
      });
    take(first, 1);
    return () => clearTimeout(timer);
  }, [first]);
  return { known, loaded };
}
