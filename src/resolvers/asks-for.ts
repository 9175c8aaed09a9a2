import { type GraphQLResolveInfo, visit } from "graphql";

/** Whether an operation asks for a field of this name anywhere, in fragments too. */
export function asksFor(fieldName: string, { operation, fragments }: GraphQLResolveInfo): boolean {
  let found = false;
  for (const root of [operation, ...Object.values(fragments)]) {
    visit(root, {
      Field({ name }) {
        if (name.value === fieldName) found = true;
      },
    });
  }
  return found;
}
