import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Api } from '../api.ts';
import type { Dashboard } from '../dashboard.ts';

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const FILES = [
  ['/', 'home.html', 'text/html; charset=utf-8'],
  ['/assets/home.css', 'home.css', 'text/css; charset=utf-8'],
  ['/assets/home.js', 'home.js', 'text/javascript; charset=utf-8'],
] as const;

/**
 * The page at `/`: the dashboard where it is built, else what this server is, its state, and a transaction to try.
 * Served from memory.
 */
export function pageRoutes(app: Api, dashboard: Dashboard): void {
  for (const [url, name, type] of FILES) {
    const content = readFileSync(join(import.meta.dirname, '..', 'pages', name), 'utf8');
    app.get(url, { config: { scope: 'none' }, schema: { hide: true } }, async (request, reply) => {
      const built = url === '/' && dashboard.sendPage(request, reply);
      if (built) return built;
      return reply
        .type(type)
        .header('content-security-policy', POLICY)
        .header('cache-control', 'no-cache')
        .serializer((text: string) => text)
        .send(content);
    });
  }
}
