/** The SDK of OpenTelemetry that docs/operations.md names, and a collector of a few lines, for tests. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { cacheFolder } from './kafka-jars.ts';

const root = join(import.meta.dirname, '..', '..');

/** deploy/opentelemetry.mjs in a folder that has the SDK: what NODE_OPTIONS names. Throws where npm cannot have it. */
export function tracingPreload(): string {
  const sdk = /@opentelemetry\/sdk-node@[\d.]+/.exec(readFileSync(join(root, 'docs', 'operations.md'), 'utf8'))![0];
  const folder = cacheFolder(sdk.replaceAll(/[@/]/g, '-').slice(1));
  if (!existsSync(join(folder, 'package-lock.json'))) {
    mkdirSync(folder, { recursive: true });
    execFileSync('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts', sdk]);
  }
  const preload = join(folder, 'opentelemetry.mjs');
  copyFileSync(join(root, 'deploy', 'opentelemetry.mjs'), preload);
  return preload;
}

export interface Span {
  /** Of the process that made it. */
  pid: number;
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  links?: { traceId: string; spanId: string }[];
}

interface Exported {
  resourceSpans: {
    resource: { attributes: { key: string; value: { intValue?: number } }[] };
    scopeSpans: { spans: Omit<Span, 'pid'>[] }[];
  }[];
}

/** Takes spans by OTLP over HTTP, as JSON. */
export async function startCollector() {
  const spans: Span[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    if (request.url === '/v1/traces')
      for (const { resource, scopeSpans } of (JSON.parse(body) as Exported).resourceSpans) {
        const pid = Number(resource.attributes.find(({ key }) => key === 'process.pid')?.value.intValue);
        spans.push(...scopeSpans.flatMap((scope) => scope.spans.map((span) => ({ pid, ...span }))));
      }
    response.setHeader('content-type', 'application/json').end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    spans,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
