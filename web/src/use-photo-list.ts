import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "./api/api-error.ts";
import {
  type Classified,
  classifyPhoto,
  type PhotoSource,
  type Question,
} from "./api/classify-photo.ts";
import { preparePhoto } from "./prepare-photo.ts";
import { makeThumbnail } from "./reduce-photo.ts";

/** One of several photos that were given together. */
export type ListedPhoto = {
  /** Its place in the order in which the photos were given. */
  readonly index: number;
  readonly source: PhotoSource;
  readonly thumbnail?: string | undefined;
  readonly classified?: Classified;
  readonly error?: ApiError;
};

/** Photos that are classified one after another. */
export type PhotoList = {
  readonly photos: readonly ListedPhoto[];
  readonly running: boolean;
  /** Seconds until the service accepts the next photo; 0 if it does now. */
  readonly waitSeconds: number;
};

/** What to ask about each photo. */
export type ListTask = {
  readonly sendOriginal: boolean;
  readonly ask: () => Promise<Question | undefined>;
};

const EMPTY: PhotoList = { photos: [], running: false, waitSeconds: 0 };
const DEFAULT_WAIT_SECONDS = 5;
/** Errors that say nothing about the photo: it is tried again. */
const TEMPORARY: ReadonlySet<string> = new Set(["RATE_LIMITED", "OVERLOADED", "MODEL_UNAVAILABLE"]);
/** Nothing else can be classified either. */
const STOPPING: ReadonlySet<string> = new Set(["OFFLINE", "UNAUTHENTICATED"]);
/** A service that refuses for minutes will go on doing so. */
const MAX_TRIES = 5;

/** The list of photos; a new one replaces it. */
export function usePhotoList() {
  const [list, setList] = useState(EMPTY);
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  const work = async (photos: readonly ListedPhoto[], { sendOriginal, ask }: ListTask) => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    const { signal } = controller;
    const change = (next: (before: PhotoList) => PhotoList) => {
      if (!signal.aborted) setList(next);
    };
    const update = (index: number, changes: Partial<ListedPhoto>) =>
      change((before) => ({
        ...before,
        photos: before.photos.map((photo) =>
          photo.index === index ? { ...photo, ...changes } : photo,
        ),
      }));
    setList({ photos, running: true, waitSeconds: 0 });
    const question = await ask();
    for (const { index, source, classified, error } of photos) {
      if (signal.aborted) return;
      if (classified || (error && !STOPPING.has(error.code)) || !question) continue;
      try {
        const sent = await preparePhoto(source, sendOriginal);
        if (sent.kind === "FILE") update(index, { thumbnail: await makeThumbnail(sent.file) });
        const answer = await classifyPatiently(sent, question, signal, (waitSeconds) =>
          change((before) => ({ ...before, waitSeconds })),
        );
        update(index, { classified: answer });
      } catch (problem) {
        if (!(problem instanceof ApiError)) throw problem;
        update(index, { error: problem });
        if (STOPPING.has(problem.code)) break;
      }
    }
    change((before) => ({ ...before, running: false, waitSeconds: 0 }));
  };

  return {
    list,
    start: (sources: readonly PhotoSource[], task: ListTask) =>
      work(
        sources.map((source, index) => ({ index, source })),
        task,
      ),
    resume: (task: ListTask) => work(list.photos, task),
    stop: () => {
      running.current?.abort();
      setList((before) => ({ ...before, running: false, waitSeconds: 0 }));
    },
    close: () => {
      running.current?.abort();
      setList(EMPTY);
    },
  };
}

/** @throws ApiError */
async function classifyPatiently(
  source: PhotoSource,
  question: Question,
  signal: AbortSignal,
  onWait: (seconds: number) => void,
): Promise<Classified> {
  for (let tries = 1; ; tries++) {
    try {
      return await classifyPhoto(source, question, { signal });
    } catch (error) {
      if (!(error instanceof ApiError) || !TEMPORARY.has(error.code) || tries >= MAX_TRIES) {
        throw error;
      }
      const seconds = Math.ceil(error.retryAfterSeconds ?? DEFAULT_WAIT_SECONDS);
      for (let left = seconds; left > 0; left--) {
        onWait(left);
        await new Promise((resolve) => setTimeout(resolve, 1000));
        if (signal.aborted) throw new ApiError("CANCELLED", "The request was cancelled.");
      }
      onWait(0);
    }
  }
}
