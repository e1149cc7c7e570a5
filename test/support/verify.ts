import { openSnapshots } from '../../src/adapters/embedded/snapshots.ts';
import { readConfig } from '../../src/config.ts';
import type { DecisionData } from '../../src/domain/records.ts';
import { assess } from '../../src/engine/assess.ts';
import { joined } from '../../src/engine/entry.ts';
import { eventOfRecord } from '../../src/engine/event.ts';
import { fold } from '../../src/engine/fold.ts';
import type { Serving } from '../../src/engine/judge.ts';
import { createControlShare } from '../../src/engine/policy/control-share.ts';
import { createPolicy } from '../../src/engine/policy/policy.ts';
import { createSuppression } from '../../src/engine/policy/suppression.ts';
import { servingOf } from '../../src/engine/serving.ts';
import { openJournal } from '../../src/journal/local/journal.ts';
import { openRegistry } from '../../src/models/registry.ts';
import { createProfiles, type MemoryProfiles } from '../../src/profiles/memory.ts';
import { silentLog } from '../../src/projections/log.ts';

export interface Verified {
  records: number;
  decisions: number;
  ids: Set<string>;
  /** Decisions for an id that had one. */
  repeated: number;
  /** Decisions whose vector is not, bit for bit, what a replay computes. */
  differentVectors: number;
  /** Decisions that model and policy make otherwise of the same log: other words, rules, numbers of rules, or outcome. */
  differentDecisions: number;
  /** Decisions of a rule, and of the control share. */
  byRules: number;
  byControl: number;
  profiles: MemoryProfiles;
}

/** Replays a journal from its start through a fresh engine state, comparing every stored vector and decision. `env` is the server's. */
export async function verifyJournal(dataDir: string, env: Record<string, string> = {}): Promise<Verified> {
  const { entityTypes, ownHabits: own, baseCurrency, profileTtlDays: ttlDays } = readConfig(env, { modelDir: '' });
  const journal = await openJournal({ directory: `${dataDir}/journal` });
  const registry = openRegistry(`${dataDir}/models`);
  const servings = new Map<string, Serving>();
  const profiles = createProfiles({ entityTypes, own, ttlDays });
  const state = { profiles, undecided: new Map(), formerKeys: new Map<number, number>(), deleted: new Set<string>() };
  const seen: Verified = {
    ...{ records: 0, decisions: 0, ids: new Set(), repeated: 0, differentVectors: 0, differentDecisions: 0, profiles },
    ...{ byRules: 0, byControl: 0 },
  };
  const policy = createPolicy({ journal, clock: Date.now, entityTypes });
  const control = createControlShare(policy.log.state, entityTypes);
  const suppression = createSuppression(policy.log.state, entityTypes);
  try {
    for await (const record of journal.read(1)) {
      seen.records++;
      if (record.type === 'decision') {
        const data = record.data as unknown as DecisionData;
        const { id } = data.transaction;
        seen.decisions++;
        if (seen.ids.has(id)) seen.repeated++;
        seen.ids.add(id);
        const version = data.decision.model!.version;
        let serving = servings.get(version);
        if (!serving) {
          serving = servingOf(registry.get(version)!, entityTypes, baseCurrency, own);
          servings.set(version, serving);
        }
        const ports = {
          profiles,
          serving: () => serving,
          policy: policy.inForce,
          draw: control.draw,
          suppressed: suppression.isSuppressed,
        };
        const transaction = joined(data, record.personal);
        const again = assess(ports, transaction, eventOfRecord(record, entityTypes).entities, record.at);
        if (!sameBits(again.vector!, record.vector!)) seen.differentVectors++;
        // What was advised is of the ledger as it was read then.
        const { degraded: _, sca: __, ...decision } = data.decision;
        const numbers = again.rules && Array.from(again.rules.vector, (value) => (Number.isNaN(value) ? null : value));
        const made = JSON.stringify([again.decision, numbers]);
        if (decision.decidedBy?.startsWith('rule:')) seen.byRules++;
        if (decision.control) seen.byControl++;
        if (made !== JSON.stringify([decision, data.ruleVector])) seen.differentDecisions++;
      }
      fold(state, record);
      policy.fold(record);
      control.fold(record);
      suppression.fold(record);
    }
    return seen;
  } finally {
    await journal.close();
  }
}

/** Whether the newest snapshot plus what follows it in the journal equals the fold of the whole journal, bit for bit. */
export async function sameProfiles(dataDir: string, { profiles: uninterrupted }: Verified): Promise<boolean> {
  const profiles = createProfiles({ entityTypes: readConfig({}, { modelDir: '' }).entityTypes });
  const state = { profiles, undecided: new Map(), formerKeys: new Map<number, number>(), deleted: new Set<string>() };
  const journal = await openJournal({ directory: `${dataDir}/journal` });
  try {
    const directory = `${dataDir}/snapshots`;
    const from = await openSnapshots({ directory, profiles, parts: {}, log: silentLog }).restore(journal.durable);
    if (from === 0) throw new Error('there is no snapshot to compare');
    for await (const record of journal.read(from + 1)) fold(state, record);
  } finally {
    await journal.close();
  }
  return (await bytesOf(profiles)).equals(await bytesOf(uninterrupted));
}

async function bytesOf(profiles: MemoryProfiles): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  await profiles.save((chunk) => {
    chunks.push(chunk);
  });
  return Buffer.concat(chunks);
}

/** Equal down to the payload of a NaN. */
export function sameBits(a: Float64Array, b: Float64Array): boolean {
  return Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength));
}
