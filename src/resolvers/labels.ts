import { searchLabels } from "../labels/label-search.ts";
import type { QueryResolvers } from "../schema/generated/resolvers-types.ts";
import { paginate } from "./pagination.ts";

/** `Query.labels` */
export const labels: NonNullable<QueryResolvers["labels"]> = async (
  _root,
  { search, locale: askedLocale, model, first, after },
  { services },
) => {
  const locale = askedLocale ?? "EN";
  const { labels } = await services.catalog.find(model ?? undefined);
  const found = searchLabels(labels, search ?? undefined).map((label) => ({ ...label, locale }));
  return paginate(found, { first: first ?? 20, after: after ?? undefined });
};
