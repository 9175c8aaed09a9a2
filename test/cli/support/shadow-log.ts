/** Log lines of a Worker that runs a shadow. */

/** The version that is compared. */
export const NEW = "tiny@1.1.0";
export const shadowLine = (fields: object) => ({
  level: "info",
  event: "shadow",
  name: "default",
  model: "tiny@1.0.0",
  shadow: NEW,
  ran: "shadow",
  ...fields,
});

/** Lines of a log. */
export function makeLog({
  compared,
  disagreed,
  failed,
}: Record<"compared" | "disagreed" | "failed", number>) {
  const lines = [
    ...Array.from({ length: compared }, (_, i) => shadowLine({ agreed: i >= disagreed })),
    ...Array.from({ length: failed }, () => shadowLine({ code: "MODEL_UNAVAILABLE" })),
  ];
  return lines.map((line) => JSON.stringify(line)).join("\n");
}
