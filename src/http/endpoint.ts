import type { ResolverContext } from "../resolvers/context.ts";
import type { Upload } from "./uploads.ts";

/** Handles the requests to one path; rejects with an AppError or a GraphQLError. */
export type Endpoint = (
  request: Request,
  context: ResolverContext,
  upload: Upload,
) => Promise<Response>;
