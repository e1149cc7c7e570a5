import { AssayError } from '../domain/errors.ts';
import type { Api } from './api.ts';

const DOCS = /^(?:\/api\/v1)?\/docs(?:\/|$)/;
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'QUERY'];

/** Watches every route being added: one without a declared scope fails the build. */
export function declareRoutes(app: Api): { refuseOtherMethods(): void } {
  const methodsOf = new Map<string, Set<string>>();
  const declaredRoutes: { method: string; url: string }[] = [];
  let refusing = false;
  app.decorate('declaredRoutes', declaredRoutes);

  app.addHook('onRoute', (route) => {
    // The documentation's own files, and the preflight of CORS, are open to all.
    const open = DOCS.test(route.url) || route.url === '*';
    if (open) route.config = { ...route.config, scope: 'none' };
    if (route.config?.scope === undefined) throw new Error(`${route.method} ${route.url} declares no scope`);
    if (refusing) return;
    for (const method of [route.method].flat()) declaredRoutes.push({ method, url: route.url });
    const methods = methodsOf.get(route.url) ?? new Set();
    for (const method of [route.method].flat()) methods.add(method);
    methodsOf.set(route.url, methods);
  });

  return {
    /** On every path, the methods that it lacks: OPTIONS says what there is, the others are refused. */
    refuseOtherMethods() {
      refusing = true;
      for (const [url, methods] of [...methodsOf]) {
        if (url.includes('*') || DOCS.test(url)) continue;
        const allow = allowed(methods);
        const others = METHODS.filter((method) => !methods.has(method));
        for (const method of others)
          app.route({
            url,
            exposeHeadRoute: false,
            method,
            schema: { hide: true },
            config: { scope: 'none' },
            // Before any body is read.
            onRequest: async (request, reply) => {
              reply.header('allow', allow);
              if (request.method === 'OPTIONS') return reply.code(204).send();
              throw new AssayError('method_not_allowed', `${request.method} is not allowed here: ${allow}.`);
            },
            handler: () => {},
          });
      }
    },
  };
}

export function allowed(methods: Iterable<string>): string {
  return [...new Set([...methods, 'OPTIONS'])].join(', ');
}
