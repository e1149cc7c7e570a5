import { actionGeneric as action } from 'convex/server';
import { ConvexError, v } from 'convex/values';

/**
 * A page asks Convex, Convex asks Assay, and Assay's copy comes back into Convex, where the page watches it. `ASSAY_URL` and `ASSAY_KEY` (scope `ingest`) are
 * environment variables of the deployment.
 */
export const pay = action({
  args: { id: v.string(), amount: v.number(), currency: v.string(), cardId: v.optional(v.string()) },
  handler: async (ctx, args) => {
    const identity = await ctx.auth.getUserIdentity();
    if (!identity) throw new ConvexError('Sign in first.');
    // Taken in at once and decided a moment later: meanwhile the page shows it as temporary.
    const { tempId } = await ask(
      '/api/transactions',
      { ...args, userId: identity.subject },
      { prefer: 'respond-async' },
    );
    return tempId as string;
  },
});

export const finalize = action({
  args: { id: v.string() },
  handler: async (ctx, { id }) => {
    if (!(await ctx.auth.getUserIdentity())) throw new ConvexError('Sign in first.');
    await ask('/api/transactions/finalize', { tempId: id });
  },
});

/** A payment has its id and finalizing is once: an action that Convex runs again changes nothing. */
async function ask(path: string, body: object, headers: Record<string, string> = {}): Promise<Record<string, unknown>> {
  const { ASSAY_URL: url, ASSAY_KEY: key } = process.env;
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key ? { 'x-api-key': key } : {}), ...headers },
    body: JSON.stringify(body),
  });
  const said = (await response.json()) as Record<string, unknown>;
  if (!response.ok) throw new ConvexError(String(said.detail ?? `Assay answered ${response.status}.`));
  return said;
}
