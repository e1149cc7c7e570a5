import { AssayError } from '../../domain/errors.ts';
import type { Api } from '../api.ts';
import { json, problems } from '../contract/common.ts';
import { DemoBody, DemoShown } from '../contract/operations.ts';
import type { Demo, DemoStatus, Services } from '../services.ts';

const tags = ['operations'];
const config = { scope: 'admin' } as const;

/** A stream of made-up payments against this very server, to see it at work. */
export function demoRoutes(app: Api, { demo }: Services): void {
  const enabled = (): Demo => {
    if (!demo) throw new AssayError('conflict', 'The stream of made-up payments is off here; ASSAY_DEMO=on allows it.');
    return demo;
  };

  app.post(
    '/api/demo',
    {
      config,
      schema: {
        operationId: 'startDemo',
        tags,
        summary: 'Start a stream of made-up payments, in place of one that runs',
        body: DemoBody,
        response: { 202: json('It runs', DemoShown), ...problems(400, 401, 403, 409, 413, 415, 422, 429) },
      },
    },
    async (request, reply) => {
      const { rate, seconds } = request.body;
      reply.code(202);
      return shown(enabled().start({ rate, seconds }));
    },
  );

  app.get(
    '/api/demo',
    {
      config,
      schema: {
        operationId: 'getDemo',
        tags,
        summary: 'How the stream of made-up payments goes',
        response: { 200: json('Where it stands', DemoShown), ...problems(401, 403, 429) },
      },
    },
    async () => (demo ? shown(demo.status()) : { ...NONE, enabled: false }),
  );

  app.delete(
    '/api/demo',
    {
      config,
      schema: {
        operationId: 'stopDemo',
        tags,
        summary: 'Stop the stream of made-up payments',
        response: { 200: json('Where it ended', DemoShown), ...problems(401, 403, 409, 429) },
      },
    },
    async () => shown(await enabled().stop()),
  );
}

const NONE = { running: false, rate: 0, seconds: 0, posted: 0, labelled: 0, failed: 0 };

function shown({ startedAt, endsAt, ...status }: DemoStatus) {
  return {
    enabled: true,
    ...status,
    ...(startedAt === undefined ? {} : { startedAt: new Date(startedAt).toISOString() }),
    ...(endsAt === undefined ? {} : { endsAt: new Date(endsAt).toISOString() }),
  };
}
