/** How a manifest describes the classes of a model. */
import * as z from "zod";

/** ImageNet's identifier of a class: `n` and the 8-digit WordNet 3.0 noun offset. */
export const synsetSchema = z.string().regex(/^n\d{8}$/, "a synset id such as n02123045");

/** A short text without control characters or white space at its ends. */
const textSchema = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]+$/u, "no control characters")
    .refine((text) => text === text.trim(), "no white space at its ends");

/** Identifies a class within a model. */
export const classIdSchema = textSchema(100);

/** A name of a class, as people read it. */
export const classNameSchema = textSchema(200);

const namesSchema = z.strictObject({
  en: z.array(classNameSchema).min(1).optional(),
  zh: z.array(classNameSchema).min(1).optional(),
});

/** Schema of a class or kind. */
const classSpecSchema = z.strictObject({
  id: classIdSchema,
  names: namesSchema
    .optional()
    .describe("By language, the display name first; absent: the table's names, or the id"),
  synset: synsetSchema.optional().describe("The same thing in WordNet, if it is there"),
  parent: classIdSchema
    .optional()
    .describe("What it is a kind of: the id of one of labels.kinds, or a synset of WordNet"),
});

/** Schema of the manifest's member `labels`. */
export const labelSpecSchema = z
  .strictObject({
    table: z
      .literal("imagenet1k")
      .optional()
      .describe("The table that names the classes whose ids are synsets"),
    classes: z
      .array(z.union([classIdSchema, classSpecSchema]))
      .min(2)
      .optional()
      .describe("The classes in output order, an id alone or with more; absent: the whole table"),
    kinds: z
      .array(classSpecSchema)
      .optional()
      .describe("Kinds of things above the classes, for answers less specific than a class"),
    map: z
      .string()
      .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/)
      .optional()
      .describe("Name of a label map in R2 (label-maps/<name>.json) that overrides names"),
  })
  .superRefine(({ table, classes, kinds = [] }, context) => {
    const complain = (path: string[], message: string) =>
      context.addIssue({ code: "custom", path, message });
    if (!table && !classes) complain(["classes"], "must be given if there is no table");
    const ids = (classes ?? []).map((entry) => (typeof entry === "string" ? entry : entry.id));
    const twice = findDuplicate(ids);
    if (twice !== undefined) complain(["classes"], `has "${twice}" twice; ids must be unique`);
    const kindIds = kinds.map(({ id }) => id);
    const again = findDuplicate([...new Set(ids), ...kindIds]);
    if (again !== undefined) complain(["kinds"], `has "${again}" twice; ids must be unique`);
    const parents = new Map(kinds.map(({ id, parent }) => [id, parent]));
    for (const id of kindIds) {
      const path = new Set<string>();
      for (let at: string | undefined = id; at !== undefined; at = parents.get(at)) {
        if (path.has(at)) return complain(["kinds"], `"${id}" is a kind of itself`);
        path.add(at);
      }
    }
  });

/** A class or kind. */
export type ClassSpec = z.infer<typeof classSpecSchema>;

/** The classes of a model. */
export type LabelSpec = z.infer<typeof labelSpecSchema>;

function findDuplicate(ids: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return ids.find((id) => seen.size === seen.add(id).size);
}
