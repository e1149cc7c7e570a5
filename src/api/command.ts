import type { FastifyReply, FastifyRequest } from 'fastify';
import { bodyHash } from '../intake/canonical.ts';
import type { RecordType } from '../journal/journal.ts';
import { idempotencyKey, idempotentName, otherBody } from './idempotency.ts';
import { nextId } from './ids.ts';
import { errorOf } from './problem.ts';
import type { Services } from './services.ts';

export interface Command {
  type: RecordType;
  data: Record<string, unknown>;
  personal?: Record<string, unknown>;
  /** What the client asked, to tell a repetition from another body; without what this server adds. */
  asked: unknown;
  /** Makes the answer of what was applied, or follows it up; called again for a repetition. */
  followUp?: (body: Record<string, unknown>) => Promise<Record<string, unknown>>;
}

/** Appends a command and answers as the projection settled it. The first of an Idempotency-Key wins. */
export async function sendCommand(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  command: Command,
): Promise<FastifyReply> {
  const at = services.clock();
  const idempotency = request.method === 'POST' ? idempotencyKey(request) : undefined;
  const key = idempotency ? await idempotentName(request, idempotency, services, 'c') : `c:${nextId(at)}`;
  const hash = bodyHash(command.asked);
  const { record, answer, replayed } = await services.commands.submit({
    type: command.type,
    at,
    key,
    data: { ...command.data, by: request.apiKey?.id, bodyHash: hash },
    ...(command.personal ? { personal: command.personal } : {}),
  });
  if (replayed) {
    if (record.type !== command.type || record.data.bodyHash !== hash) throw otherBody();
    reply.header('idempotent-replayed', 'true');
  }
  if (answer.error) throw errorOf(answer.error);
  if (answer.status === 204) return reply.code(204).send();
  const body = answer.body ?? {};
  return reply.code(answer.status).send(command.followUp ? await command.followUp(body) : body);
}

/** Adds to an answer what is to be told of what was sent. */
export const telling = (warnings: string[]) => async (body: Record<string, unknown>) =>
  warnings.length > 0 ? { ...body, warnings: [...((body.warnings as string[] | undefined) ?? []), ...warnings] } : body;
