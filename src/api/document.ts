import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { Api } from './api.ts';
import type { RouteScope } from './auth.ts';
import { createShared, type Shared } from './components.ts';
import { documented } from './contract/documented.ts';
import { WEBHOOKS } from './contract/webhooks.ts';
import { SESSION_COOKIE } from './session.ts';

const DESCRIPTION = `Decides whether a transaction is genuine: **approve**, **review** or **decline**, with a calibrated
probability and the reasons. Errors are RFC 9457 problem documents. Every answer carries \`X-Request-ID\` and
\`X-Response-Time-Ms\`. \`x-scope\` says what a key must be allowed; a GET without it asks for \`read\`. Lists come as CSV too, for
\`Accept: text/csv\`: all there are without a \`limit\`, else a page with \`X-Next-Cursor\`. Without any key the server answers on loopback only.

\`WS /ws\` is the live feed: \`{seq, type, at, data}\` of the types of \`EventType\`, and \`stats\`; \`?since=seq\` resumes after an event; where none
such is known, a \`stats\` event with \`data.unknownSince\` carries the newest \`seq\`. Browsers send
their key as the subprotocol \`assay.key.<key>\`, or the cookie of their session.`;

/** Inline styles are what swagger-ui is made of; scripts come from its own files only, and nothing from elsewhere. */
const DOCS_POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; " +
  "base-uri 'none'; frame-ancestors 'none'";

/** What routes say in their `config`. */
interface Told {
  scope?: RouteScope;
  badKey?: number;
  mayLackBody?: boolean;
}

/** OpenAPI 3.1 from the routes' own schemas, and a page to read and try it. */
export async function documentApi(app: Api): Promise<void> {
  // Named when the document is first asked for: few starts are followed by that.
  let named: Shared | undefined;
  const shared = () => {
    named ??= createShared();
    return named;
  };
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Assay', version: '0.1.0', description: DESCRIPTION, license: { name: 'MIT', identifier: 'MIT' } },
      servers: [{ url: '/' }],
      security: [{ apiKey: [] }, { bearer: [] }, { session: [] }],
      tags: [
        { name: 'transactions' },
        { name: 'scoring' },
        { name: 'cases' },
        { name: 'cards' },
        { name: 'users' },
        { name: 'entities' },
        { name: 'models' },
        { name: 'policy' },
        { name: 'ledgers' },
        { name: 'webhooks' },
        { name: 'events' },
        { name: 'operations' },
      ],
      components: {
        securitySchemes: {
          apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
          bearer: { type: 'http', scheme: 'bearer' },
          session: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE, description: 'See `POST /api/session`' },
        },
      },
    },
    transform: ({ schema, url, route }) => {
      if ((schema as { hide?: boolean } | undefined)?.hide) return { url, schema };
      const { scope = 'none', badKey, mayLackBody } = (route.config ?? {}) as Told;
      const shown = { ...(documented(schema) as typeof schema) };
      for (const part of ['body', 'response'] as const) if (shown[part]) shown[part] = shared().route(shown[part]);
      const asked = scope === 'read' && route.method === 'GET' ? {} : { 'x-scope': scope };
      const security = scope === 'none' ? { security: [] } : {};
      for (const part of ['querystring', 'headers'] as const) if (shown[part]) shown[part] = withDefaults(shown[part]);
      return {
        url,
        schema: {
          ...shown,
          ...security,
          ...asked,
          'x-bad-key': badKey,
          ...(mayLackBody ? { 'x-may-lack-body': true } : {}),
        } as unknown as typeof schema,
      };
    },
    transformObject: (made) =>
      shared().document({ ...('openapiObject' in made ? made.openapiObject : {}), webhooks: WEBHOOKS }),
  });
  const ui = {
    staticCSP: DOCS_POLICY,
    theme: { title: 'Assay API' },
    uiConfig: {
      layout: 'BaseLayout',
      docExpansion: 'list',
      deepLinking: true,
      validatorUrl: null,
      tryItOutEnabled: true,
    },
  } as const;
  for (const routePrefix of ['/docs', '/api/v1/docs'])
    await app.register(async (scope) => {
      await scope.register(swaggerUi, { ...ui, routePrefix });
    });
  app.get('/openapi.json', { schema: { hide: true }, config: { scope: 'none' } }, async () => app.swagger());
}

/** What has a default may be left out. */
function withDefaults(schema: unknown): unknown {
  const { required, ...rest } = schema as { required?: string[]; properties: Record<string, { default?: unknown }> };
  const needed = (required ?? []).filter((name) => rest.properties[name]?.default === undefined);
  return needed.length > 0 ? { ...rest, required: needed } : rest;
}
