import type { ResolverContext } from "../resolvers/context.ts";
import type { BodyReservation } from "./body-budget.ts";

/** Handles the requests to one path; rejects with an AppError or a GraphQLError. */
export type Endpoint = (
  request: Request,
  context: ResolverContext,
  bodyReservation: BodyReservation,
) => Promise<Response>;
