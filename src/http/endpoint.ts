import type { ResolverContext } from "../resolvers/context.ts";
import type { BodyShare } from "./body-budget.ts";

/** Answers the requests to one path; rejects with an AppError or a GraphQLError. */
export type Endpoint = (
  request: Request,
  context: ResolverContext,
  bodyShare: BodyShare,
) => Promise<Response>;
