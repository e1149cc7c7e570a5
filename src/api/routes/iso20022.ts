import { isUtf8 } from 'node:buffer';
import { setImmediate as breathe } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AssayError } from '../../domain/errors.ts';
import { type DecisionData, transactionView } from '../../domain/records.ts';
import { refusal } from '../../intake/faults.ts';
import type { Message } from '../../intake/iso20022/element.ts';
import { readJsonMessage, readXmlMessageInTurns } from '../../intake/iso20022/message.ts';
import { type IsoPayment, paymentsOf } from '../../intake/iso20022/payments.ts';
import { statusOf, statusReport, type TransactionStatus } from '../../intake/iso20022/report.ts';
import { type IsoStatus, statusesOf } from '../../intake/iso20022/statuses.ts';
import { type Taken, takeSubmission } from '../../intake/submission.ts';
import type { Api } from '../api.ts';
import { json, jsonOrXml, problems } from '../contract/common.ts';
import { IsoDecisions, IsoMessageBody, IsoStatuses } from '../contract/iso20022.ts';
import type { Charge } from '../guard.ts';
import { nextId } from '../ids.ts';
import { recordTelling } from '../record-telling.ts';
import type { Services } from '../services.ts';
import { vary } from '../vary.ts';

/** Some 700 payments. */
const MESSAGE_BYTES = 1024 * 1024;
/** Payments between two looks at what else waits. */
const PAYMENTS_A_TURN = 25;
const XML = ['application/xml', 'text/xml', /^application\/[\w.-]+\+xml$/];

/** A class, so that no JSON can be taken for it. */
class XmlBody {
  readonly xml: string;
  constructor(xml: string) {
    this.xml = xml;
  }
}

/** Messages of banks: payments are decided, what a status report says becomes of them is told. */
export async function isoRoutes(parent: Api, services: Services, charge: Charge): Promise<void> {
  const { engine, clock, rules } = services;

  await parent.register(async (scope) => {
    const app = scope as unknown as Api;
    app.addContentTypeParser(
      XML as string[],
      { parseAs: 'buffer', bodyLimit: MESSAGE_BYTES },
      (_request, body, done) => {
        const bytes = body as Buffer;
        if (bytes.length === 0)
          done(new AssayError('malformed_json', 'The request needs a message; this one is empty.'));
        else if (!isUtf8(bytes)) done(new AssayError('malformed_json', 'The message is not valid UTF-8.'));
        else done(null, new XmlBody(bytes.toString('utf8')));
      },
    );

    app.post(
      '/api/iso20022',
      {
        config: { scope: 'ingest', takenIn: true, decides: true, values: 100_000 },
        bodyLimit: MESSAGE_BYTES,
        validatorCompiler: () => (value: unknown) => ({ value }),
        schema: {
          operationId: 'takeIsoMessage',
          tags: ['transactions'],
          summary: 'Decide the payments of an ISO 20022 message, in XML or JSON',
          description:
            'pacs.008 and pain.001 are decided; a pacs.002 tells what became of payments. `Accept: application/xml`: the answer is a pacs.002.',
          body: IsoMessageBody,
          response: {
            200: json('What came of a status report', IsoStatuses),
            201: jsonOrXml('Decided and durable', IsoDecisions),
            ...problems(400, 401, 403, 409, 413, 415, 422, 429, 503),
          },
        },
      },
      async (request, reply) => {
        const body: unknown = request.body;
        const message = body instanceof XmlBody ? await readXmlMessageInTurns(body.xml) : readJsonMessage(body);
        if (message.body.name === 'FIToFIPmtStsRpt') return told(message, request, reply);
        const payments = paymentsOf(message);
        await charge(request, reply, payments.length - 1);
        const decided = await decideAll(payments, request);
        reply.code(201);
        return answered(message, payments, decided, request, reply);
      },
    );
  });

  /** All of them are checked before the first is decided. */
  async function decideAll(payments: IsoPayment[], request: FastifyRequest) {
    const receivedAt = clock();
    const taken: Taken[] = [];
    const hashes = new Map<string, string>();
    for (const [index, { path, body, warnings }] of payments.entries()) {
      const one = at(path, () => takeSubmission(body, { id: nextId(receivedAt), receivedAt }, rules));
      one.transaction.warnings.unshift(...warnings);
      const { id } = one.transaction;
      if ((hashes.get(id) ?? one.bodyHash) !== one.bodyHash)
        throw new AssayError('conflict', `${path}: the message holds ${id} twice, with another body.`);
      hashes.set(id, one.bodyHash);
      taken.push(one);
      if (index % PAYMENTS_A_TURN === PAYMENTS_A_TURN - 1) await breathe();
    }
    const by = request.apiKey ? { by: request.apiKey.id } : {};
    const made: Awaited<ReturnType<typeof engine.decide>>[] = [];
    for (let from = 0; from < taken.length; from += PAYMENTS_A_TURN) {
      const part = await Promise.allSettled(
        taken.slice(from, from + PAYMENTS_A_TURN).map((one) => engine.decide({ ...one, ...by })),
      );
      for (const [index, one] of part.entries()) {
        if (one.status === 'fulfilled') made.push(one.value);
        else throw placed(one.reason, payments[from + index].path);
      }
    }
    return made;
  }

  async function told(message: Message, request: FastifyRequest, reply: FastifyReply) {
    const received = new Date(clock()).toISOString();
    const statuses = statusesOf(message, received);
    await charge(request, reply, statuses.length - 1);
    const data = [];
    for (const status of statuses) data.push(await recorded(status, request));
    return { data };
  }

  async function recorded({ transactionId, status, telling, path }: IsoStatus, request: FastifyRequest) {
    const row = { transactionId, ...(status === undefined ? {} : { status }) };
    const left = (code: string, message: string) => ({ ...row, path, code, message });
    if (!telling) return left('ignored', `${status ?? 'No status'} is nothing that becomes of a payment.`);
    try {
      const { warnings } = await recordTelling(services, telling, request.apiKey?.id);
      const { type, at } = telling.body;
      return { ...row, event: { type, at }, ...(warnings.length > 0 ? { warnings } : {}) };
    } catch (error) {
      if (!(error instanceof AssayError) || error.code === 'unavailable') throw error;
      return left(error.code, error.message);
    }
  }
}

function answered(
  message: Message,
  payments: IsoPayment[],
  decided: { record: { data: object; personal?: Record<string, unknown>; at: number } }[],
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const views = decided.map(({ record }) => transactionView(record.data as DecisionData, record.personal, record.at));
  const statuses: TransactionStatus[] = decided.map(({ record }, index) => {
    const { decision, reasons } = (record.data as DecisionData).decision;
    const { messageId, names } = payments[index];
    const words = reasons.map((reason) => reason.message);
    return statusOf(decision, words, { messageId, message: message.name, names });
  });
  vary(reply, 'Accept');
  if (/\b(application|text)\/xml\b/.test(request.headers.accept ?? '')) {
    const now = new Date(decided[0].record.at).toISOString();
    return reply
      .type('application/xml; charset=utf-8')
      .serializer(String)
      .send(statusReport(statuses, nextId(Date.parse(now)).slice(0, 35), now));
  }
  const answers = views.map((view, index) => ({ ...view, statusReport: statuses[index] }));
  return answers.length === 1 ? answers[0] : answers;
}

/** Runs it; faults of a transaction's fields are told under the payment's element. */
function at<T>(path: string, take: () => T): T {
  try {
    return take();
  } catch (error) {
    throw placed(error, path);
  }
}

function placed(error: unknown, path: string): unknown {
  if (!(error instanceof AssayError)) return error;
  if (!error.errors) return new AssayError(error.code, `${path}: ${error.message}`);
  const errors = error.errors.map(({ path: field, message }) => ({
    path,
    message: `${field.slice(1)} ${message}`.trim(),
  }));
  return error.code === 'invalid_request' ? refusal(errors) : new AssayError(error.code, error.message, { errors });
}
