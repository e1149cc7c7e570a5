import type { FastifyRequest } from 'fastify';
import { AssayError } from '../../domain/errors.ts';
import { bodyHash } from '../../intake/canonical.ts';
import { screen } from '../../intake/card-numbers.ts';
import { takeTelling } from '../../intake/telling.ts';
import type { Api } from '../api.ts';
import { json, problems } from '../contract/common.ts';
import { LabelBatchAnswer, LabelBatchBody } from '../contract/life.ts';
import type { Charge } from '../guard.ts';
import { idempotencyKey, idempotentName, otherBody } from '../idempotency.ts';
import { nextId } from '../ids.ts';
import { errorOf } from '../problem.ts';
import type { Services } from '../services.ts';
import { subjectOf } from './life-commands.ts';

const BATCH_BYTES = 16 * 1024 * 1024;
/** Labels that are recorded at once. */
const AT_ONCE = 64;

type Row = Record<string, unknown>;
interface Refused {
  index: number;
  transactionId: string | null;
  code: string;
  message: string;
}

/** Many labels at once; each is a record of its own, and one that does not fit refuses itself alone. */
export function labelBatchRoutes(app: Api, services: Services, charge: Charge): void {
  app.post(
    '/api/labels/batch',
    {
      config: { scope: 'review' },
      bodyLimit: BATCH_BYTES,
      schema: {
        operationId: 'labelTransactions',
        tags: ['transactions'],
        summary: 'Record up to 10,000 labels',
        description: 'What is refused is told with its place.',
        body: LabelBatchBody,
        response: {
          200: json('What came of each', LabelBatchAnswer),
          ...problems(400, 401, 403, 409, 413, 415, 422, 429, 503),
        },
      },
    },
    async (request, reply) => {
      const { labels } = request.body;
      await charge(request, reply, labels.length - 1);
      const names = await namesOf(services, request);
      const refused: Refused[] = [];
      const warnings = new Set<string>();
      // In order where they are of one transaction, so that the newest in the log is the last of the batch.
      const rows = labels.map((row, index) => ({ row: row as Row, index }));
      const byTransaction = Map.groupBy(rows, ({ row }) => row.transactionId);
      const queue = [...byTransaction.values()].values();
      const work = async () => {
        for (const group of queue)
          for (const { row, index } of group) {
            const fault = await record(services, request, row, names(index)).then((told) => {
              for (const warning of told) warnings.add(warning);
              return undefined;
            }, toldOf);
            if (fault) refused.push({ index, transactionId: idOf(row), ...fault });
          }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      refused.sort((a, b) => a.index - b.index);
      const told = warnings.size > 0 ? { warnings: [...warnings] } : {};
      return { recorded: labels.length - refused.length, refused, ...told };
    },
  );
}

/** The journal's name for each row: of the Idempotency-Key, so that a repetition finds what was recorded. */
async function namesOf(services: Services, request: FastifyRequest): Promise<(index: number) => string> {
  const idempotency = idempotencyKey(request);
  if (!idempotency) return () => `c:${nextId(services.clock())}`;
  const name = await idempotentName(request, idempotency, services, 'c');
  return (index) => `${name}.${index}`;
}

/** What is to be told of a row that was recorded. */
async function record(services: Services, request: FastifyRequest, sent: Row, key: string): Promise<string[]> {
  const { cards } = services.rules;
  const { body: row, warnings } = cards ? screen(sent, cards) : { body: sent, warnings: [] };
  const id = idOf(row);
  if (id === null) throw new AssayError('invalid_request', '/transactionId must be a string of 1 to 255 characters.');
  const { of, event } = await subjectOf(services, id);
  const at = services.clock();
  const { type, data, warnings: more } = takeTelling({ kind: 'label', body: row }, of, nextId(at));
  const hash = bodyHash(row);
  const { record, answer, replayed } = await services.commands.submit({
    ...{ type, at, key },
    data: { transactionId: id, ...data, event, by: request.apiKey?.id, bodyHash: hash },
  });
  if (replayed && record.data.bodyHash !== hash) throw otherBody();
  if (answer.error) throw errorOf(answer.error);
  return [...warnings, ...more];
}

function idOf({ transactionId }: Row): string | null {
  return typeof transactionId === 'string' && transactionId !== '' && transactionId.length <= 255
    ? transactionId
    : null;
}

/** What is wrong with a row. That the database is away, or a bug, is wrong with all of them. */
function toldOf(error: unknown): { code: string; message: string } {
  if (!(error instanceof AssayError) || error.code === 'unavailable') throw error;
  return { code: error.code, message: error.message };
}
