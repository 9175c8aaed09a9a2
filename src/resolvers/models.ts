import type { QueryResolvers } from "../schema/generated/resolvers-types.ts";

/** `Query.models` */
export const models: NonNullable<QueryResolvers["models"]> = (_root, _args, { services }) =>
  services.catalog.list();
