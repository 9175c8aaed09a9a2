/** Overrides of display names, as a shop or a museum would want: `label-maps/<name>.json` in R2. */
import * as z from "zod";
import type { ClassLabel, Locale } from "./class-label.ts";
import { classIdSchema, classNameSchema } from "./class-spec.ts";

/** Names by class id: `{"n02123045": {"en": "Tiger the cat"}}`. */
export const labelMapSchema = z.record(
  classIdSchema,
  z.strictObject({ en: classNameSchema.optional(), zh: classNameSchema.optional() }),
);

/** A validated label map. */
export type LabelMap = z.infer<typeof labelMapSchema>;

/** R2 key of a label map. */
export function labelMapKey(name: string): string {
  return `label-maps/${name}.json`;
}

/** Puts the map's names first; the names they replace stay as aliases. */
export function applyLabelMap(labels: readonly ClassLabel[], map: LabelMap): ClassLabel[] {
  return labels.map((label) => {
    // hasOwn: "constructor" is a valid id that every object would otherwise answer to.
    const override = Object.hasOwn(map, label.id) ? map[label.id] : undefined;
    if (!override) return label;
    const rename = (locale: Locale, name: string | undefined) =>
      name === undefined
        ? label.names[locale]
        : [name, ...label.names[locale].filter((other) => other !== name)];
    return { ...label, names: { EN: rename("EN", override.en), ZH: rename("ZH", override.zh) } };
  });
}
