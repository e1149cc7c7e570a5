/**
 * What is said of a transaction's truth, by whom, and which of it is in force.
 *
 * Every source has a voice of its own; a dispute is one, and so is what a source pinned. A voice holds the newest word
 * that was said with it, by (time, sequence): so words may be learnt in any order and more than once, and a word that is
 * withdrawn brings back what the others said. See docs/labels.md.
 */
export type LabelValue = 'fraud' | 'legitimate';
/** What a source may say: `none` takes back what it said. */
export type LabelWord = LabelValue | 'none';

/** Who may be quoted by a label. A dispute speaks for itself. */
export const LABEL_SOURCES = ['chargeback', 'analyst', 'customer'] as const;
export type LabelSource = (typeof LABEL_SOURCES)[number] | 'dispute';

/** What comes first. The scheme's: chargebacks and disputes. */
export const RANK_PINNED = 4;
export const RANK_SCHEME = 3;
export const RANK_ANALYST = 2;
export const RANK_CUSTOMER = 1;
const RANKS: Record<LabelSource, number> = {
  chargeback: RANK_SCHEME,
  dispute: RANK_SCHEME,
  analyst: RANK_ANALYST,
  customer: RANK_CUSTOMER,
};

export function labelRank(source: LabelSource, pinned = false): number {
  return pinned ? RANK_PINNED : RANKS[source];
}

/** How far before its payment a label may say that it happened: processors send dates without a time. */
export const LABEL_EARLY_MS = 24 * 3_600_000;

/** One word of one source. */
export interface Statement {
  label: LabelWord;
  source: LabelSource;
  pinned: boolean;
  /** It takes back the label of a case: what its source pinned is not meant. */
  undoes?: boolean;
  /** Of the dispute that says it. */
  disputeId?: string;
  /** `occurredAt`, else when it was recorded; milliseconds. */
  time: number;
  /** Of its record: settles ties. */
  sequence: number;
  /** Recorded before sources had a rank: of those the newest in log order is the only one that counts. */
  ranked: boolean;
}

/** The newest word of each voice, by the voice's name. */
export type Voices = ReadonlyMap<string, Statement>;

const UNRANKED = 'unranked';

/**
 * The voices that a statement speaks with. `none` that is not pinned takes back what its source pinned too, unless it takes back
 * the label of a case; one that is pinned takes back the pin alone.
 */
export function voicesOf({ source, disputeId, pinned, ranked, label, undoes }: Statement): string[] {
  if (!ranked) return [UNRANKED];
  if (source === 'dispute') return [`dispute ${disputeId ?? ''}`];
  if (pinned) return [`${source} pinned`];
  return label === 'none' && !undoes ? [source, `${source} pinned`] : [source];
}

/** Whether `a` was said after `b`. */
export function isNewer(a: Statement, b: Statement): boolean {
  if (!a.ranked && !b.ranked) return a.sequence > b.sequence;
  return a.time === b.time ? a.sequence > b.sequence : a.time > b.time;
}

/** Takes a statement in. Free of order, and again changes nothing. */
export function say(voices: Map<string, Statement>, statement: Statement): void {
  for (const name of voicesOf(statement)) {
    const said = voices.get(name);
    if (!said || isNewer(statement, said)) voices.set(name, statement);
  }
}

export function voicesFrom(statements: Iterable<Statement>): Map<string, Statement> {
  const voices = new Map<string, Statement>();
  for (const statement of statements) say(voices, statement);
  return voices;
}

/**
 * The statement in force; undefined where none is. First what a person pinned, then the scheme, an analyst, the customer;
 * of one rank the newest. A word from before ranks speaks for its source, as of its own time.
 */
export function effective(voices: Voices): Statement | undefined {
  let found: Statement | undefined;
  for (const [name, statement] of voices) {
    if (statement.label === 'none') continue;
    // What came before ranks is taken back by a later `none` of its source.
    const ranked = name === UNRANKED ? voices.get(statement.source) : undefined;
    if (ranked && isNewer(ranked, statement)) continue;
    if (!found || comesBefore(statement, found)) found = statement;
  }
  return found;
}

function comesBefore(a: Statement, b: Statement): boolean {
  const [first, second] = [labelRank(a.source, a.pinned), labelRank(b.source, b.pinned)];
  return first === second ? isNewer(a, b) : first > second;
}
