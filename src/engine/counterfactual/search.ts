import type { Transaction } from '../../domain/transaction.ts';
import { amountMove, KINDS, type Move } from './moves.ts';

/** What a try gave: how strict (0 approve, 1 review, 2 decline) and how likely fraud; undefined where it cannot be told. */
export interface Tried {
  strictness: number;
  probability: number;
}
export type Try = (moves: readonly Move[]) => Tried | undefined;

const MOST_PAIRS = 400;
const REFINEMENTS = 6;
const MOST_FOUND = 5;

/**
 * The smallest sets of changes after which the outcome is milder: one change where one does, else two, else as few as do of the best of
 * each kind. Each kind of one change is told at most once; amounts are as large as they can be.
 */
export function search(transaction: Transaction, moves: readonly Move[], strictness: number, attempt: Try): Move[][] {
  const isMilder = (set: readonly Move[]) => (attempt(set)?.strictness ?? strictness) < strictness;
  const refined = (set: Move[]) => largestAmount(transaction, set, isMilder);
  const singles = KINDS.flatMap((kind) => {
    const found = moves.find((move) => move.kind === kind && isMilder([move]));
    return found ? [refined([found])] : [];
  });
  if (singles.length > 0) return singles.slice(0, MOST_FOUND);

  const pairs = new Map<string, Move[]>();
  let tried = 0;
  for (let i = 0; i < moves.length && tried < MOST_PAIRS; i++)
    for (let j = i + 1; j < moves.length && tried < MOST_PAIRS; j++) {
      const kinds = `${moves[i].kind} ${moves[j].kind}`;
      if (moves[i].kind === moves[j].kind || pairs.has(kinds)) continue;
      tried++;
      const pair = [moves[i], moves[j]];
      if (isMilder(pair)) pairs.set(kinds, refined(pair));
    }
  if (pairs.size > 0) return [...pairs.values()].slice(0, MOST_FOUND);
  const many = bestOfEachKind(moves, attempt);
  return isMilder(many) ? [refined(without(many, isMilder))] : [];
}

function bestOfEachKind(moves: readonly Move[], attempt: Try): Move[] {
  return KINDS.flatMap((kind) => {
    let best: Move | undefined;
    let lowest = Number.POSITIVE_INFINITY;
    for (const move of moves) {
      if (move.kind !== kind) continue;
      const probability = attempt([move])?.probability ?? Number.POSITIVE_INFINITY;
      if (probability < lowest) [best, lowest] = [move, probability];
    }
    return best ? [best] : [];
  });
}

/** What is not needed goes, the last kinds first. */
function without(set: Move[], isMilder: (set: readonly Move[]) => boolean): Move[] {
  let needed = set;
  for (const move of [...set].reverse()) {
    const fewer = needed.filter((one) => one !== move);
    if (fewer.length > 0 && isMilder(fewer)) needed = fewer;
  }
  return needed;
}

/** Between the amount that does and the payment's own, halved again and again. */
function largestAmount(transaction: Transaction, set: Move[], isMilder: (set: readonly Move[]) => boolean): Move[] {
  const place = set.findIndex(({ kind }) => kind === 'amount');
  if (place < 0) return set;
  let best = set;
  let low = set[place].set.amount!;
  let high = transaction.amount!;
  for (let i = 0; i < REFINEMENTS; i++) {
    const move = amountMove(transaction, (low + high) / 2);
    if (move.set.amount! <= low || move.set.amount! >= high) break;
    const tried = set.with(place, move);
    if (isMilder(tried)) [best, low] = [tried, move.set.amount!];
    else high = move.set.amount!;
  }
  return best;
}
