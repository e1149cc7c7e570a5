import type { ReplicaBatch, ReplicaPlace, ReplicaTarget } from '../../projections/replica/target.ts';

export interface ConvexTarget extends ReplicaTarget {
  /** Takes everything away. */
  clear(told?: (place: ReplicaPlace) => void): Promise<void>;
}

/** Of `ConvexHttpClient`: what its published types leave out and `convex run` uses, to call internal functions with a deploy key. */
interface AdminClient {
  setAdminAuth(deployKey: string): void;
  function(name: string, componentPath: string | undefined, args: Record<string, unknown>): Promise<unknown>;
}

/**
 * The functions of `convex/assay.ts` in a deployment. `convex` is an optional dependency. Throws an Error that says so where it is not
 * installed; calls throw whatever the client does, and an error never says that nothing was done.
 */
export async function openConvex(options: {
  url: string;
  deployKey: string;
  timeoutMs: number;
}): Promise<ConvexTarget> {
  const { url, deployKey, timeoutMs } = options;
  const { ConvexHttpClient } = await import('convex/browser').catch((error) => {
    throw new Error('CONVEX_URL needs the package convex, which is not installed: npm install convex@1.49.0.', {
      cause: error,
    });
  });
  const client = new ConvexHttpClient(url, {
    skipConvexDeploymentUrlCheck: true,
    logger: false,
    // One that is never answered would hold all that follow.
    fetch: (input, init) => fetch(input, { ...init, signal: AbortSignal.timeout(timeoutMs) }),
  }) as unknown as AdminClient;
  client.setAdminAuth(deployKey);
  const call = <T>(name: string, args: Record<string, unknown>) => client.function(name, undefined, args) as Promise<T>;
  return {
    place: () => call<ReplicaPlace>('assay:position', {}),
    apply: (batch: ReplicaBatch) => call('assay:apply', { ...batch }),
    async clear(told) {
      for (;;) {
        const place = await call<ReplicaPlace>('assay:clear', {});
        told?.(place);
        if (!place.clearing) return;
      }
    },
  };
}
