import { bodyHash } from '../intake/canonical.ts';
import { takeEvent } from '../intake/life.ts';
import { nextId } from './ids.ts';
import { errorOf } from './problem.ts';
import { subjectOf } from './routes/life-commands.ts';
import type { Services } from './services.ts';

interface Telling {
  transactionId: string;
  /** As `POST /api/transactions/:id/events` takes it. */
  event: Record<string, unknown>;
  /** The key that told it. */
  by: string | undefined;
  /** Throws where the message is not of a payment in this currency. */
  assertFits?: (currency: string) => void;
}

/** Records what a message tells of a payment; durable when it resolves. Throws what that route answers. */
export async function recordTold(services: Services, { transactionId, event, by, assertFits }: Telling) {
  const { of, event: subject } = await subjectOf(services, transactionId);
  assertFits?.(of.currency);
  const at = services.clock();
  const { data, warnings } = takeEvent(event, of, nextId(at));
  const { answer } = await services.commands.submit({
    ...{ type: 'event', at, key: `c:${nextId(at)}` },
    data: { transactionId, ...data, event: subject, by, bodyHash: bodyHash(event) },
  });
  if (answer.error) throw errorOf(answer.error);
  return { data, warnings };
}
