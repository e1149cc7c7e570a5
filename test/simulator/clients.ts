import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DecisionData } from '../../src/domain/records.ts';
import type { JournalRecord } from '../../src/journal/journal.ts';
import type { Answered, Asked, Server } from './server.ts';
import { Violation } from './violation.ts';
import type { World } from './world.ts';

const LOST = 0.06;
const DOUBLED = 0.06;
/** Turns of the event loop after which a client asks again. */
const IMPATIENT_TURNS = 60;
const ATTEMPTS = 400;

const pick = <T>(random: () => number, all: readonly T[]) => all[Math.floor(random() * all.length)];

/** What a decision answers, without what an erasure may take. */
export const answerOf = ({ sequence, data, vector }: JournalRecord) =>
  JSON.stringify([sequence, (data as unknown as DecisionData).decision, data.transaction, Array.from(vector ?? [])]);

/** Clients that pay, label, delete, erase and read over a network that loses, doubles and delays; each holds the server to its word. */
export function createClients(world: World): { finish(): Promise<void> } {
  const { random, promised } = world;
  let count = 0;
  const erasing = random() < 0.25 ? 0.4 : 0.08;
  const running = Array.from({ length: 2 + Math.floor(random() * 8) }, (_, i) =>
    client(i).catch((error) => world.fail(error)),
  );

  async function client(number: number): Promise<void> {
    while (!world.isEnding) {
      for (let turns = Math.floor(random() * 6); turns > 0; turns--) await nextTurn();
      const luck = random();
      const known = [...promised.paid.keys()];
      if (random() < erasing && known.length > 0) await erase(pick(random, known));
      else if (luck < 0.6 || known.length === 0) await pay(number);
      else if (luck < 0.67) await repeat(pick(random, known));
      else if (luck < 0.7) await repeat(pick(random, promised.deleted.size > 0 ? [...promised.deleted] : known));
      else if (luck < 0.82) await label(pick(random, known));
      else if (luck < 0.87) await remove(pick(random, known));
      else await read(pick(random, known));
    }
  }

  async function pay(number: number): Promise<void> {
    const id = `p${number}-${++count}`;
    const at = world.time.now() + lateness(random);
    const name = (what: string, of: number) => `${what}${Math.floor(random() * of)}`;
    const body = {
      ...{ id, amount: Math.ceil(random() * 10_000) / 100, currency: 'USD', userId: name('u', 3) },
      ...{ cardId: name('c', 4), deviceId: name('d', 3), merchantId: name('m', 2), email: `${id}@example.com` },
      ...(random() < 0.8 ? { transactionDate: new Date(at).toISOString() } : {}),
      metadata: { filler: 'x'.repeat(Math.floor(random() ** 3 * 1500)) },
    };
    const alias = random() < 0.4 ? `i:key:${id}` : undefined;
    await held(body, alias, await ask({ kind: 'pay', body, alias }));
  }

  async function held(body: Record<string, unknown> & { id: string }, alias: string | undefined, told?: Answered) {
    if (told === undefined || isCut(body.id, told)) return;
    if (told.status !== 201) throw new Violation(`uniqueness: ${body.id} was answered ${told.status}`);
    const record = told.record!;
    const text = JSON.stringify({ body, alias });
    const { transaction } = record.data as unknown as DecisionData;
    if (transaction.id !== body.id || transaction.amount !== body.amount)
      throw new Violation(`durability: ${body.id} was answered with the record of ${transaction.id}`);
    const before = promised.paid.get(body.id);
    if (before && answerOf(before.record) !== answerOf(record))
      throw new Violation(`uniqueness: ${body.id} was answered in two ways`);
    promised.paid.set(body.id, { body: text, record });
  }

  /** What was removed from the log is gone; its id stays taken. */
  function isCut(id: string, { status }: Answered): boolean {
    if (status !== 410 && status !== 409) return false;
    for (const { data, sequence } of world.archive.values())
      if ((data as unknown as DecisionData).transaction?.id === id) return status === 410 || isBefore(sequence);
    if (status === 410) throw new Violation(`durability: ${id} was never cut out, and is said to be gone`);
    return false;
  }

  const isBefore = (sequence: number) => world.servers.some(({ journal }) => sequence < (journal.status().begins ?? 1));

  /** The same again, or another body under the same name. */
  async function repeat(id: string): Promise<void> {
    const { body, alias } = JSON.parse(promised.paid.get(id)!.body);
    const isOther = random() < 0.3;
    const wasDeleted = promised.deleted.has(id);
    const told = await ask({ kind: 'pay', body: isOther ? { ...body, amount: body.amount + 1 } : body, alias });
    if (told === undefined || !promised.paid.has(id)) return;
    const mayBeGone = promised.askedToDelete.has(id) || promised.askedToErase.has(id);
    if (isCut(id, told)) return;
    if (isOther && told.status !== 409)
      throw new Violation(`uniqueness: another body under ${id} was answered ${told.status}`);
    if (!isOther && !(mayBeGone && told.status === 409)) await held(body, alias, told);
    if (wasDeleted && told.status === 201 && !told.isStale)
      throw new Violation(`uniqueness: ${id} was deleted and is answered again`);
  }

  async function label(id: string): Promise<void> {
    const command = `l${++count}`;
    const told = await ask({
      kind: 'label',
      id,
      label: pick(random, ['fraud', 'legitimate', 'none'] as const),
      command,
    });
    if (told === undefined || !promised.paid.has(id) || isCut(id, told)) return;
    if (told.status !== 201) throw new Violation(`durability: a label of ${id} was answered ${told.status}`);
    promised.labelled.set(id, Math.max(promised.labelled.get(id) ?? 0, told.record!.sequence));
  }

  async function remove(id: string): Promise<void> {
    if (random() < 0.5) return;
    promised.askedToDelete.add(id);
    const told = await ask({ kind: 'delete', id, command: `r${++count}` });
    if (told?.status === 201) promised.deleted.add(id);
  }

  async function erase(id: string): Promise<void> {
    promised.askedToErase.add(id);
    const told = await ask({ kind: 'erase', id });
    if (told?.status === 200) promised.erased.add(id);
  }

  /** Whoever was acknowledged before must be seen. */
  async function read(id: string): Promise<void> {
    const labelled = promised.labelled.get(id) ?? 0;
    const isDeleted = promised.deleted.has(id);
    const told = await ask({ kind: 'get', id });
    if (told === undefined || !promised.paid.has(id)) return;
    if (told.status === 404 && !promised.askedToDelete.has(id))
      throw new Violation(`visibility: ${id} was acknowledged and is not there`);
    if (told.status !== 200) return;
    if (isDeleted) throw new Violation(`visibility: ${id} was deleted and is shown`);
    if (told.row!.sequence !== promised.paid.get(id)!.record.sequence)
      throw new Violation(`visibility: ${id} is shown as another record`);
    if ((told.row!.labelled as number) < labelled)
      throw new Violation(`visibility: ${id} is shown without its label ${labelled}`);
  }

  /** Until there is an answer that is one; undefined where a client gives up, or what it knows was lost by the disk meanwhile. */
  async function ask(asked: Asked): Promise<Answered | undefined> {
    const { losses } = world;
    for (let attempt = 0; attempt < ATTEMPTS && !(world.isEnding && attempt > 30); attempt++) {
      const told = await once(asked);
      if (losses !== world.losses) return undefined;
      if (told !== undefined && told.status !== 503) return told;
      for (let turns = Math.floor(random() * 10); turns > 0; turns--) await nextTurn();
    }
    return undefined;
  }

  async function once(asked: Asked): Promise<Answered | undefined> {
    let told: Answered | undefined;
    const copies = random() < LOST ? 0 : random() < DOUBLED ? 2 : 1;
    for (let i = 0; i < copies; i++) {
      // An owner that was replaced may show what it knew: a read there is not held against the log.
      const server = asked.kind === 'get' ? world.servers.at(-1) : pick(random, world.servers);
      if (server)
        void deliver(asked, server).then((answer) => {
          if (answer !== undefined && random() >= LOST) told ??= answer;
        });
    }
    for (let turns = 0; told === undefined && turns < IMPATIENT_TURNS; turns++) await nextTurn();
    return told;
  }

  /** By one that serves, or that is about to. */
  const isReplaced = ({ process }: Server) => process !== world.starting;

  async function deliver(asked: Asked, server: Server): Promise<Answered | undefined> {
    for (let turns = Math.floor(random() * 5); turns > 0; turns--) await nextTurn();
    try {
      const answer = await server.process.gate(() => server.answer(asked));
      // What is not there for an owner that was replaced may be there for its successor.
      if (!isReplaced(server)) return answer;
      return asked.kind === 'get' || answer.status === 404 ? undefined : { ...answer, isStale: true };
    } catch (error) {
      // A process that ends takes its connections with it.
      if (server.process.isAlive && !isReplaced(server) && !/power is gone/.test(String(error))) world.fail(error);
      return undefined;
    }
  }

  return {
    async finish() {
      world.isEnding = true;
      await Promise.all(running);
    },
  };
}

/** Mostly now, often late, sometimes ahead of the clock. */
function lateness(random: () => number): number {
  const luck = random();
  if (luck < 0.6) return 0;
  if (luck < 0.9) return -random() * 30 * 3_600_000;
  return random() * 10 * 60_000;
}
