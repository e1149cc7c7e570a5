import { bodyHash } from '../intake/canonical.ts';
import { type Telling, type ToldData, takeTelling } from '../intake/telling.ts';
import { nextId } from './ids.ts';
import { errorOf } from './problem.ts';
import { subjectOf } from './routes/life-commands.ts';
import type { Services } from './services.ts';

/** Records what a message tells of a payment; durable when it resolves. `by`: the key that told it. Throws what its route answers. */
export async function recordTelling(
  services: Services,
  { transactionId, kind, body, assertFits, warnings }: Telling,
  by: string | undefined,
): Promise<ToldData & { warnings: string[] }> {
  const { of, event } = await subjectOf(services, transactionId);
  assertFits?.(of.currency);
  const at = services.clock();
  const told = takeTelling({ kind, body }, of, nextId(at));
  const { answer } = await services.commands.submit({
    ...{ type: told.type, at, key: `c:${nextId(at)}` },
    data: { transactionId, ...told.data, event, by, bodyHash: bodyHash(body) },
  });
  if (answer.error) throw errorOf(answer.error);
  return { ...told, warnings: [...warnings, ...told.warnings] };
}
