import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { FILES } from '../src/api/contract/names.ts';
import { ERROR_CODES } from '../src/domain/errors.ts';
import { call, startApp, type TestApp } from './support/app.ts';
import { dereferenced } from './support/openapi.ts';

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

  test('a body of which all may be left out may be left out whole', () => {
    for (const what of ['promote', 'shadow'])
      assert.equal(document.paths[`/api/models/{version}/${what}`].post.requestBody.required, undefined, what);
    assert.equal(document.paths['/api/transactions'].post.requestBody.required, true);
  });

  test('has every route that answers anything but a refusal', () => {
    const listed = new Set(
      Object.entries(document.paths as Record<string, object>).flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
      ),
    );
    const hidden = [
      /^HEAD /,
      /^OPTIONS /,
      /^GET \/(openapi\.json|assets\/.*|ws)?$/,
      /^GET (\/api\/v1)?\/docs(\/.*)?$/,
      / \/api\/(views|queues|templates)/,
      / \/api\/cases\/(reasons|outcomes)/,
      / \/api\/entities\/.*\/notes/,
      / \/api\/ledgers\/.*\/payments/,
    ];
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
        assert.deepEqual(operation.responses.default, { $ref: '#/components/responses/Fault' }, name);
        const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
        const declared = dereferenced({ ...document, own: operation.parameters ?? [] }).own.filter(
          (p: { in: string }) => p.in === 'path',
        );
        assert.deepEqual(declared.map((p: { name: string }) => p.name).sort(), inPath.sort(), name);
      }
  });

  test('the example of a transaction is one', async () => {
    const { content } = dereferenced(document).paths['/api/transactions'].post.requestBody;
    const { example, examples, schema } = content['application/json'];
    const shown = [example, ...Object.values(examples ?? {}).map((one) => (one as { value: unknown }).value)];
    const [given] = [...shown, ...(schema.examples ?? [])].filter((one) => one !== undefined);
    const decided = await call(app.url, 'POST', '/api/transactions', given);
    assert.equal(decided.status, 201, JSON.stringify(decided.body));
    assert.deepEqual(Object.keys(given).sort(), Object.keys(schema.properties).sort(), 'every field is shown');
    assert.deepEqual({ ...decided.body, ...given, transactionDate: decided.body.transactionDate }, decided.body);
  });

  test('says once what it repeats, by names that clients know', () => {
    const { schemas } = document.components;
    for (const name of ['Transaction', 'TransactionInput', 'Decision', 'Reason', 'Problem', 'Case', 'User', 'Rule'])
      assert.ok(schemas[name]?.properties ?? schemas[name]?.allOf, name);
    assert.deepEqual(schemas.Problem.properties.code.enum, ERROR_CODES);
    // Generators name a schema within another by both.
    for (const [name, { properties }] of Object.entries(schemas as Record<string, { properties?: object }>))
      for (const [property, shown] of Object.entries(properties ?? {}))
        if ('enum' in shown || 'properties' in shown || 'items' in shown)
          assert.ok(!(`${name}${property[0].toUpperCase()}${property.slice(1)}` in schemas), name);
    // What is alike by chance is not one thing.
    assert.deepEqual(schemas.AmendmentInput.properties.channel, { type: ['string', 'null'], maxLength: 64 });
    // What generated clients take for something else: a type of their language, or a variable for one of its properties.
    for (const [name, { properties }] of Object.entries(schemas as Record<string, { properties?: object }>)) {
      assert.doesNotMatch(name, /^(List|Dict|Set|Map|Any|Optional|Union|Object|String|Number|Date|Error)$/);
      assert.ok(!(`${name[0].toLowerCase()}${name.slice(1)}` in (properties ?? {})), name);
    }
    // Of the webhooks they make a file of its own.
    const tags = new Set(
      Object.values(document.paths as object)
        .flatMap(Object.values)
        .flatMap(({ tags }) => tags),
    );
    assert.ok(!tags.has(document.webhooks.event.post.tags[0]));
    const text = JSON.stringify(document);
    const bytes = Buffer.byteLength(text);
    assert.ok(bytes < 150_000, `${bytes} bytes: export from a file of api/contract/ what stands there more than once`);
    const bare: string[] = [];
    for (const [path, methods] of Object.entries(
      document.paths as Record<string, Record<string, { requestBody?: object }>>,
    ))
      for (const [method, { requestBody }] of Object.entries(methods))
        if (requestBody && !JSON.stringify(requestBody).includes('"$ref":"#/components/schemas/'))
          bare.push(`${method} ${path}`);
    assert.deepEqual(bare, [], 'bodies without a name: export their schema from a file of api/contract/');
    // Every reference leads somewhere, and nothing is held that nobody refers to.
    dereferenced(document);
    for (const [kind, items] of Object.entries(document.components as Record<string, object>))
      for (const name of kind === 'securitySchemes' ? [] : Object.keys(items))
        assert.ok(text.includes(`"#/components/${kind}/${name}"`), `${kind}/${name}`);
    const files = readdirSync(join(import.meta.dirname, '..', 'src', 'api', 'contract'));
    const without = ['documented', 'fields', 'formats', 'named', 'names'];
    assert.deepEqual(
      Object.keys(FILES).sort(),
      files
        .map((file) => file.replace('.ts', ''))
        .filter((name) => !without.includes(name))
        .sort(),
      'files whose exports have names',
    );
  });

  test('numbers have their size, defaults are optional, 204 has no content, what is free is open', () => {
    const { metadata, amount } = document.components.schemas.TransactionInput.properties;
    assert.equal(amount.format, 'double');
    assert.equal(metadata.additionalProperties, true);
    assert.equal(document.components.schemas.Taken.properties.metadata.additionalProperties, true);
    for (const read of [document.components.schemas.Transaction, document.components.schemas.Decision])
      assert.ok(read.allOf.some(({ $ref }: { $ref?: string }) => $ref === '#/components/schemas/Taken'));
    // biome-ignore lint/suspicious/noExplicitAny: as above.
    const walk = (node: any, at: string): void => {
      if (typeof node !== 'object' || node === null) return;
      const types = [node.type ?? []].flat();
      if (types.includes('number')) assert.equal(node.format, 'double', at);
      if (node.in && node.schema?.default !== undefined) assert.notEqual(node.required, true, at);
      if (node['204']) assert.equal(node['204'].content, undefined, at);
      for (const [name, inner] of Object.entries(node)) if (!/^examples?$/.test(name)) walk(inner, `${at}/${name}`);
    };
    walk(dereferenced(document), '');
    const { schema } = document.webhooks.event.post.requestBody.content['application/json'];
    assert.ok(
      dereferenced({ ...document, own: schema }).own.dependentSchemas.seq.properties.type.enum.includes(
        'transaction.decided',
      ),
    );
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
