import type { ClassLabel, ClassNames, Kind } from "./class-label.ts";
import { type ClassSpec, type LabelSpec, synsetSchema } from "./class-spec.ts";
import type { Hierarchy } from "./hierarchy.ts";
import type { LabelTable } from "./label-table.ts";

/** What is known of classes beyond what a manifest says. */
export type LabelSources = { readonly table: LabelTable; readonly hierarchy: Hierarchy };

/** How many classes a model has. */
export function countClasses({ classes }: LabelSpec, table: LabelTable): number {
  return classes?.length ?? table.length;
}

/**
 * The labels of a model's classes, in the order of its output. Names come from the manifest, else from
 * the table, else from the other language, else from the id; ancestors from the class's parent, else
 * from its synset.
 *
 * @throws RangeError naming the first class that the table lacks, or whose parent is not known
 */
export function labelClasses(spec: LabelSpec, { table, hierarchy }: LabelSources): ClassLabel[] {
  const known = new Map(table.map(({ synset, names }) => [synset, names]));
  const kinds = new Map(spec.kinds?.map((kind) => [kind.id, kind]));
  const entries = spec.classes ?? table.map(({ synset }) => synset);
  return entries.map((entry) => {
    const given: ClassSpec = typeof entry === "string" ? { id: entry } : entry;
    const kind = toKind(given);
    if (spec.table && typeof entry === "string" && kind.synset === undefined) {
      throw new RangeError(`The label table has no class ${entry}.`);
    }
    return { ...kind, ancestors: ancestorsOf(given, kind.synset) };
  });

  function toKind({ id, names, synset: given }: ClassSpec): Kind {
    const synset = given ?? (spec.table && known.has(id) ? id : undefined);
    const fromTable = synset === undefined ? undefined : known.get(synset);
    return { id, synset, names: completeNames(id, names, fromTable) };
  }

  function ancestorsOf(child: ClassSpec, synset: string | undefined): readonly Kind[] {
    const { parent } = child;
    if (parent === undefined) return synset === undefined ? [] : hierarchy.ancestors(synset);
    const own = kinds.get(parent);
    if (own) {
      const kind = toKind(own);
      return [kind, ...ancestorsOf(own, kind.synset)];
    }
    const kind = hierarchy.kind(parent);
    if (kind) return [kind, ...hierarchy.ancestors(parent)];
    throw new RangeError(`The parent "${parent}" of "${child.id}" is not known.`);
  }
}

function completeNames(
  id: string,
  own: ClassSpec["names"],
  known: ClassNames | undefined,
): ClassNames {
  return {
    EN: own?.en ?? known?.EN ?? own?.zh ?? [id],
    ZH: own?.zh ?? known?.ZH ?? own?.en ?? [id],
  };
}

/** The synset of one class, without the labels of all; undefined if there is none. */
export function synsetOf({ table, classes = [] }: LabelSpec, id: string): string | undefined {
  const given = classes.find((entry) => typeof entry !== "string" && entry.id === id);
  if (typeof given === "object" && given.synset !== undefined) return given.synset;
  return table && synsetSchema.safeParse(id).success ? id : undefined;
}
