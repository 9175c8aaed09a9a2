/** Overrides of display names, as a shop or a museum would want: `label-maps/<name>.json` in R2. */
import * as z from "zod";
import type { ClassLabel, Locale } from "./label-table.ts";

const nameSchema = z.string().trim().min(1).max(200);

/** `{synset: {en?, zh?}}`. */
export const labelMapSchema = z.record(
  z.string().regex(/^n\d{8}$/, "a synset id such as n02123045"),
  z.strictObject({ en: nameSchema.optional(), zh: nameSchema.optional() }),
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
    const override = map[label.synset];
    if (!override) return label;
    const rename = (locale: Locale, name: string | undefined) =>
      name === undefined
        ? label.names[locale]
        : [name, ...label.names[locale].filter((other) => other !== name)];
    return { ...label, names: { EN: rename("EN", override.en), ZH: rename("ZH", override.zh) } };
  });
}
