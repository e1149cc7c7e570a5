import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { call, startApp, type TestApp } from './support/app.ts';

describe('the OpenAPI document', () => {
  let app: TestApp;
  // biome-ignore lint/suspicious/noExplicitAny: a document of any shape is what is tested.
  let document: any;
  before(async () => {
    app = await startApp();
    document = (await call(app.url, 'GET', '/openapi.json')).body;
  });
  after(() => app.stop());

  test('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    const result = await validator.validate(structuredClone(document));
    assert.deepEqual(result.errors ?? [], []);
    assert.equal(validator.version, '3.1');
  });

  test('a broken document would not pass', async () => {
    const broken = structuredClone(document);
    broken.paths['/health'].get.responses = 'none';
    assert.equal((await new Validator().validate(broken)).valid, false);
  });

  test('has every route that answers anything but a refusal', () => {
    const listed = new Set(
      Object.entries(document.paths as Record<string, object>).flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
      ),
    );
    const hidden = [/^HEAD /, /^OPTIONS /, /^GET \/(openapi\.json|assets\/.*|ws)?$/, /^GET (\/api\/v1)?\/docs(\/.*)?$/];
    const missing: string[] = [];
    for (const { method, url } of app.server.declaredRoutes) {
      const name = `${method} ${url.replaceAll(/:(\w+)/g, '{$1}')}`;
      if (!listed.has(name) && !hidden.some((pattern) => pattern.test(name))) missing.push(name);
    }
    assert.deepEqual(missing, []);
    assert.ok(listed.size >= 20);
  });

  test('says what every operation is, asks and answers', () => {
    const ids = new Set<string>();
    // biome-ignore lint/suspicious/noExplicitAny: as above.
    for (const [path, methods] of Object.entries(document.paths as Record<string, Record<string, any>>))
      for (const [method, operation] of Object.entries(methods)) {
        const name = `${method} ${path}`;
        assert.ok(operation.summary, name);
        assert.ok(!ids.has(operation.operationId), `${name}: operationId`);
        ids.add(operation.operationId);
        assert.ok(
          Object.keys(operation.responses).some((status) => status.startsWith('2')),
          name,
        );
        if (operation['x-scope'] !== 'none')
          for (const status of operation['x-bad-key'] === 403 ? ['403', '429'] : ['401', '403', '429'])
            assert.ok(status in operation.responses, `${name} ${status}`);
        const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
        const declared = (operation.parameters ?? []).filter((p: { in: string }) => p.in === 'path');
        assert.deepEqual(declared.map((p: { name: string }) => p.name).sort(), inPath.sort(), name);
      }
  });

  test('the example of a transaction is one', async () => {
    const { content } = document.paths['/api/transactions'].post.requestBody;
    const { example, examples, schema } = content['application/json'];
    const shown = [example, ...Object.values(examples ?? {}).map((one) => (one as { value: unknown }).value)];
    const [given] = [...shown, ...(schema.examples ?? [])].filter((one) => one !== undefined);
    const decided = await call(app.url, 'POST', '/api/transactions', given);
    assert.equal(decided.status, 201, JSON.stringify(decided.body));
    assert.deepEqual(Object.keys(given).sort(), Object.keys(schema.properties).sort(), 'every field is shown');
    assert.deepEqual({ ...decided.body, ...given, transactionDate: decided.body.transactionDate }, decided.body);
  });

  test('a route without a declared scope fails the build', async () => {
    const { default: Fastify } = await import('fastify');
    const { declareRoutes } = await import('../src/api/routing.ts');
    const server = Fastify();
    declareRoutes(server as never);
    assert.throws(() => server.get('/open', async () => ''), /declares no scope/);
    server.get('/closed', { config: { scope: 'read' } }, async () => '');
    await server.close();
  });

  test('the pages load nothing from elsewhere, and no inline script', async () => {
    for (const path of ['/', '/docs', '/api/v1/docs', '/assets/home.css', '/assets/home.js']) {
      const { status, headers, body } = await call(app.url, 'GET', path);
      assert.equal(status, 200, path);
      const policy = headers.get('content-security-policy') ?? '';
      assert.match(policy, /default-src '(self|none)'/, path);
      assert.ok(!/script-src[^;]*unsafe-inline/.test(policy), path);
      assert.ok(!/(?:src|href)="(?:https?:)?\/\//.test(body), `${path} names a foreign host`);
      assert.ok(!/<script>|<script [^>]*>[^<\s]/.test(body), `${path} has an inline script`);
    }
    const bundle = await call(app.url, 'GET', '/docs/static/swagger-ui-bundle.js');
    assert.equal(bundle.status, 200);
  });
});
