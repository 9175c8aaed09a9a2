import { describe, expect, it } from "vitest";
import { NO_REQUEST, type RequestAction, updateRequest } from "../../web/src/photo-request.ts";

const SOURCE = { kind: "URL", url: "https://example.com/cat.jpg" } as const;

describe("updateRequest", () => {
  it("keeps the photo and the choice when the threshold changes", () => {
    const before = updateRequest(NO_REQUEST, { type: "GIVE_PHOTO", source: SOURCE });
    const after = updateRequest(before, { type: "SET_THRESHOLD", threshold: 0.5 });
    expect(after.threshold).toBe(0.5);
    expect(after.source).toBe(before.source);
    expect(after.choice).toBe(before.choice);
    expect(after.attempt).toBe(before.attempt);
  });

  it("keeps the threshold when another photo or model is chosen", () => {
    const choice = { model: "a@1.0.0", other: "", sendOriginal: true, framing: "CROP" as const };
    const actions: RequestAction[] = [
      { type: "SET_THRESHOLD", threshold: 0.5 },
      { type: "GIVE_PHOTO", source: SOURCE },
      { type: "CHOOSE", choice },
    ];
    expect(actions.reduce(updateRequest, NO_REQUEST)).toEqual({
      source: SOURCE,
      choice,
      attempt: 0,
      threshold: 0.5,
    });
  });

  it("counts another attempt with the same photo on a retry", () => {
    const before = updateRequest(NO_REQUEST, { type: "GIVE_PHOTO", source: SOURCE });
    const after = updateRequest(before, { type: "RETRY" });
    expect(after).toEqual({ ...before, attempt: 1 });
    expect(after.source).toBe(before.source);
  });
});
