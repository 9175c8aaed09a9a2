/** Reads the classes of a network from the lists that come with networks. */
import { dsvFormat } from "d3-dsv";
import * as z from "zod";
import { type ClassSpec, type LabelSpec, labelSpecSchema } from "./class-spec.ts";
import type { LabelTable } from "./label-table.ts";

/** A class: its id alone if the table has it, otherwise with what the list says. */
type ClassEntry = NonNullable<LabelSpec["classes"]>[number];

const MAX_ID_LENGTH = 100;
const SYNSET = /^(n\d{8})(?:[\s_:,-]+(.*))?$/;
const INDEXED = /^(\d+)(?:\s*[:,;\t]\s*|\s+)(\S.*)$/;

/**
 * Reads the classes of a network in output order from one of:
 *
 * - a line for each class: its name, or a synset with or without text after it; `#` begins a comment,
 *   and an index in front of every line is ignored
 * - CSV or TSV with a header: `id`, `en`, `zh`, `synset`, `parent`; several names are separated by `|`
 * - JSON: a list of names or of objects with these members, `{"0": "name"}`, a Hugging Face
 *   configuration with `id2label`, or the member `labels` of a manifest
 *
 * @param table - of the classes that are known by their synset
 * @throws RangeError saying, as the end of a sentence, what is wrong with the list
 */
export function parseLabels(text: string, table: LabelTable): LabelSpec {
  const content = text.replace(/^\uFEFF/, "").trim();
  const json = /^[[{]/.test(content) ? parseJson(content) : undefined;
  if (isLabelSpec(json)) return validate(json);
  const rows = json === undefined ? (readCsv(content) ?? readLines(content)) : readJson(json);
  if (rows.length === 0) throw new RangeError("it holds no class");
  const known = new Set(table.map(({ synset }) => synset));
  const classes = withUniqueIds(rows.map((row, i) => toEntry(row, known, i)));
  const usesTable = classes.some((entry) => typeof entry === "string");
  return validate({ ...(usesTable ? { table: "imagenet1k" } : {}), classes });
}

function validate(spec: object): LabelSpec {
  const parsed = labelSpecSchema.safeParse(spec);
  if (parsed.success) return parsed.data;
  throw new RangeError(z.prettifyError(parsed.error));
}

function isLabelSpec(json: unknown): json is object {
  return typeof json === "object" && json !== null && "classes" in json;
}

/** One class as the list has it. */
type Row = string | Readonly<Record<string, unknown>>;

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new RangeError(`it is not valid JSON (${(error as Error).message})`);
  }
}

function readJson(json: unknown): Row[] {
  if (Array.isArray(json)) return json;
  const { id2label, ...others } = { ...(json as Record<string, unknown>) };
  const byIndex = Object.entries({ ...((id2label ?? others) as Record<string, unknown>) });
  const rows: Row[] = [];
  for (const [index, value] of byIndex) {
    if (!/^\d+$/.test(index) || Number(index) >= byIndex.length) {
      throw new RangeError(`"${index}" is not the index of one of its ${byIndex.length} classes`);
    }
    rows[Number(index)] = value as Row;
  }
  return rows;
}

/** @returns undefined if the first line is not a header with an id */
function readCsv(content: string): Row[] | undefined {
  const [header = ""] = content.split(/\r?\n/, 1);
  const separator = [",", "\t", ";"].find((one) => header.split(one).includes("id"));
  if (separator === undefined) return undefined;
  // Not `parse`: it compiles code, which platforms may forbid.
  const [columns = [], ...rows] = dsvFormat(separator).parseRows(content);
  const names = columns.map((column) => column.trim().toLowerCase());
  return rows.map((cells) => Object.fromEntries(names.map((name, i) => [name, cells[i] ?? ""])));
}

function readLines(content: string): string[] {
  const lines = content
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  const indexed = lines.map((line) => INDEXED.exec(line));
  const start = Number(indexed[0]?.[1]);
  const isNumbered = start <= 1 && indexed.every((match, i) => Number(match?.[1]) === start + i);
  const rest = indexed.map((match) => match?.[2] ?? "");
  // "1 euro" and "2 euro" are names.
  return isNumbered && new Set(rest).size > 1 ? rest : lines;
}

function toEntry(row: Row, known: ReadonlySet<string>, index: number): ClassEntry {
  if (typeof row === "string") return fromText(row.trim(), known);
  if (typeof row !== "object" || row === null) {
    throw new RangeError(`class ${index} is neither a text nor an object`);
  }
  const id = textOf(row, "id") ?? textOf(row, "name") ?? textOf(row, "label");
  if (id === undefined) throw new RangeError(`class ${index} has no id`);
  const { en, zh } = { ...(row.names as Record<string, unknown> | undefined) };
  const names = {
    ...listOf("en", en ?? row.en ?? row.name ?? row.label),
    ...listOf("zh", zh ?? row.zh),
  };
  const [synset, parent] = [textOf(row, "synset"), textOf(row, "parent")];
  const spec: ClassSpec = {
    id,
    ...(Object.keys(names).length > 0 ? { names } : {}),
    ...(synset === undefined ? {} : { synset }),
    ...(parent === undefined ? {} : { parent }),
  };
  return Object.keys(spec).length === 1 && known.has(id) ? id : spec;
}

function fromText(text: string, known: ReadonlySet<string>): ClassEntry {
  const [, synset, name] = SYNSET.exec(text) ?? [];
  if (synset === undefined)
    return { id: text.slice(0, MAX_ID_LENGTH).trim(), names: { en: [text] } };
  if (known.has(synset)) return synset;
  return { id: synset, ...(name ? { names: { en: [name.trim()] } } : {}) };
}

/** ImageNet has two cranes: of classes with the same name, the later ones get their index as well. */
function withUniqueIds(entries: readonly ClassEntry[]): ClassEntry[] {
  const seen = new Set<string>();
  return entries.map((entry, index) => {
    const id = typeof entry === "string" ? entry : entry.id;
    const isNew = !seen.has(id);
    seen.add(id);
    if (isNew || typeof entry === "string" || entry.names?.en?.[0] !== id) return entry;
    return { ...entry, id: `${id.slice(0, MAX_ID_LENGTH - 8)} (${index})` };
  });
}

function textOf(row: Exclude<Row, string>, column: string): string | undefined {
  const value = row[column];
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && text.trim() !== "" ? text.trim() : undefined;
}

function listOf(locale: "en" | "zh", value: unknown): ClassSpec["names"] {
  const parts = Array.isArray(value) ? value : typeof value === "string" ? value.split("|") : [];
  const names = parts.map((part) => String(part).trim()).filter((part) => part !== "");
  return names.length > 0 ? { [locale]: names } : {};
}
