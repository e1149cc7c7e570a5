import type { FastifyReply, FastifyRequest } from 'fastify';
import type { PolicyAnswer } from '../engine/policy/state.ts';
import { bodyHash } from '../intake/canonical.ts';
import type { RecordType } from '../journal/journal.ts';
import { idempotencyKey, idempotentName } from './idempotency.ts';
import { errorOf } from './problem.ts';
import type { Services } from './services.ts';

export interface PolicyRequest {
  type: RecordType;
  data: Record<string, unknown>;
  /** What the client asked: tells a repetition of its Idempotency-Key from another body. */
  asked: unknown;
}

/** Bodies of many parts are hashed once. */
const hashes = new WeakMap<object, string>();

function hashOf(asked: unknown): string {
  if (typeof asked !== 'object' || asked === null) return bodyHash(asked);
  const hash = hashes.get(asked) ?? bodyHash(asked);
  hashes.set(asked, hash);
  return hash;
}

/** Appends a command of the policy and answers as the log settled it: no database is asked. */
export async function submitPolicy(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  command: PolicyRequest,
): Promise<PolicyAnswer> {
  const { answer, replayed } = await submitPart(services, request, command, 0);
  if (replayed) reply.header('idempotent-replayed', 'true');
  return answer;
}

/** The answer of a command, with what this server remarks of it. */
export function sendPolicy(reply: unknown, answer: PolicyAnswer, warnings: readonly string[] = []): FastifyReply {
  const body = warnings.length > 0 ? { ...answer.body, warnings } : answer.body;
  return (reply as FastifyReply).code(answer.status).send(body);
}

/** A part of what one request asks; parts after the first have names of their own. Throws what was refused. */
export async function submitPart(
  services: Services,
  request: FastifyRequest,
  { type, data, asked }: PolicyRequest,
  part: number,
): Promise<{ answer: PolicyAnswer; replayed: boolean }> {
  const idempotency = request.method === 'POST' ? idempotencyKey(request) : undefined;
  const name = idempotency && (await idempotentName(request, idempotency, services, 'c'));
  const settled = await services.policy.log.submit({
    type,
    data: {
      ...data,
      ...(request.apiKey ? { by: request.apiKey.id } : {}),
      ...(name ? { bodyHash: hashOf(asked) } : {}),
    },
    ...(name ? { key: part === 0 ? name : `${name}:${part}` } : {}),
  });
  if (settled.answer.error) throw errorOf(settled.answer.error);
  return settled;
}
