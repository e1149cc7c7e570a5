import type { ProofAsked, ProofPorts } from './collect.ts';
import { type Proof, prove } from './proof.ts';

/** Proofs, one after the other, and each kept for a moment: a page that asks again costs nothing. */
export interface Proofs {
  of(asked: Omit<ProofAsked, 'from' | 'to'> & { windowMs: number }): Promise<Proof>;
}

const KEPT_MS = 60_000;
const MOST_KEPT = 16;

export function createProofs(ports: ProofPorts): Proofs {
  const kept = new Map<string, { at: number; proof: Promise<Proof> }>();
  let before: Promise<unknown> = Promise.resolve();
  return {
    of({ windowMs, ...sides }) {
      const { against, challenger } = sides;
      const ofSides = [against, challenger].map(({ serving, inForce }) => [
        serving.model.version,
        inForce.policy.version,
      ]);
      const name = JSON.stringify([windowMs, ofSides]);
      const now = ports.clock();
      const known = kept.get(name);
      if (known && now - known.at < KEPT_MS && now >= known.at) return known.proof;
      const make = () => prove(ports, { ...sides, from: now + 1 - windowMs, to: now + 1 });
      const proof = before.then(make, make);
      before = proof.catch(() => {});
      kept.set(name, { at: now, proof });
      proof.catch(() => kept.delete(name));
      if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value!);
      return proof;
    },
  };
}
