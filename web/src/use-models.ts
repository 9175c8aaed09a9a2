import { useEffect, useReducer, useState } from "preact/hooks";
import { ApiError } from "./api/api-error.ts";
import { fetchModels, type PublishedModel } from "./api/published-models.ts";

/** The published models as far as they are known, and a promise of them. */
export type Models = {
  readonly known: readonly PublishedModel[];
  /** None if the first try failed, so that a photo need not wait for the next. */
  readonly loaded: Promise<readonly PublishedModel[]>;
  /** Whether the last try failed. */
  readonly failed: boolean;
  /** Tries again at once, instead of after a while. */
  readonly retry: () => void;
};

const MAX_TRIES = 10;
const DEFAULT_WAIT_SECONDS = 5;

/** Loads the models, again if that fails. Without them the default model still answers, or says what is wrong. */
export function useModels(): Models {
  const [known, setKnown] = useState<readonly PublishedModel[]>([]);
  const [first] = useState(() => fetchModels());
  const [loaded] = useState(() => first.catch(() => []));
  const [failed, setFailed] = useState(false);
  const [wish, retry] = useReducer<number, void>((count) => count + 1, 0);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    const take = async (models: Promise<readonly PublishedModel[]>, tries: number) => {
      try {
        const published = await models;
        if (over) return;
        setKnown(published);
        setFailed(false);
      } catch (error) {
        if (over) return;
        setFailed(true);
        if (tries >= MAX_TRIES) return;
        const seconds =
          (error instanceof ApiError && error.retryAfterSeconds) || DEFAULT_WAIT_SECONDS;
        timer = setTimeout(() => take(fetchModels(), tries + 1), seconds * 1000);
      }
    };
    take(wish === 0 ? first : fetchModels(), 1);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [first, wish]);
  return { known, loaded, failed, retry };
}
