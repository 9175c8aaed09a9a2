/**
 * Gives up what was not read of a request's body. Otherwise `wrangler dev` would hold back a refusal until the
 * caller has sent all of it.
 */
export async function discardBody({ body }: Request): Promise<void> {
  if (!body || body.locked) return;
  // A body that failed or has been read to its end cannot be cancelled, and need not be.
  await body.cancel().catch(() => {});
}
