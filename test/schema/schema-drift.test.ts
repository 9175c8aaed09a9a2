import { readFile } from "node:fs/promises";
import {
  buildSchema,
  isEnumType,
  isInputObjectType,
  isObjectType,
  isSpecifiedScalarType,
} from "graphql";
import { expect, it } from "vitest";
import { printSchema } from "../../src/schema/print-schema.ts";

it("schema.graphql matches src/schema (to update it: npm run schema)", async () => {
  const printed = await readFile(new URL("../../schema.graphql", import.meta.url), "utf8");
  expect(printed).toBe(printSchema());
});

it("every type, field, argument and enum value of the schema has a description", () => {
  const named = (
    owner: string,
    items: Iterable<{ name: string; description?: string | null | undefined }>,
  ) => Array.from(items, ({ name, description }) => ({ name: `${owner}.${name}`, description }));
  const described = Object.values(buildSchema(printSchema()).getTypeMap())
    .filter((type) => !type.name.startsWith("__") && !isSpecifiedScalarType(type))
    .flatMap((type) => [
      { name: type.name, description: type.description },
      ...(isEnumType(type) ? named(type.name, type.getValues()) : []),
      ...(isInputObjectType(type) ? named(type.name, Object.values(type.getFields())) : []),
      ...(isObjectType(type)
        ? Object.values(type.getFields()).flatMap((field) => [
            ...named(type.name, [field]),
            ...named(`${type.name}.${field.name}`, field.args),
          ])
        : []),
    ]);
  expect(described.length).toBeGreaterThan(60);
  expect(described.filter(({ description }) => !description).map(({ name }) => name)).toEqual([]);
});
