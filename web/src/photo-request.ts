import type { PhotoSource } from "./api/classify-photo.ts";
import { type Choice, DEFAULT_CHOICE } from "./choice.ts";

/** What the visitor asks. All but the threshold is a reason to ask the service. */
export type PhotoRequest = {
  readonly source: PhotoSource | undefined;
  readonly choice: Choice;
  /** Changes if the same is asked once more. */
  readonly attempt: number;
  /** Undefined until somebody chooses one. */
  readonly threshold: number | undefined;
};

/** What the visitor does. */
export type RequestAction =
  | { readonly type: "GIVE_PHOTO"; readonly source: PhotoSource }
  | { readonly type: "CHOOSE"; readonly choice: Choice }
  | { readonly type: "SET_THRESHOLD"; readonly threshold: number | undefined }
  | { readonly type: "RETRY" };

/** Before the visitor does anything. */
export const NO_REQUEST: PhotoRequest = {
  source: undefined,
  choice: DEFAULT_CHOICE,
  attempt: 0,
  threshold: undefined,
};

export function updateRequest(request: PhotoRequest, action: RequestAction): PhotoRequest {
  switch (action.type) {
    case "GIVE_PHOTO":
      return { ...request, source: action.source };
    case "CHOOSE":
      return { ...request, choice: action.choice };
    case "SET_THRESHOLD":
      return { ...request, threshold: action.threshold };
    case "RETRY":
      return { ...request, attempt: request.attempt + 1 };
  }
}
