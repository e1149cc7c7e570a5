import type { RecordType } from '../../journal/journal.ts';

/**
 * Which topics there are and how their partitions are numbered. Sources hold the journal's records:
 *
 *   0 … P-1   transactions.scored, partition by partition    decision, intake, failed
 *   P         assay.events                                   what people and clients do: labels, users, cases …
 *   P+1       assay.control                                  keys, models and which of them decides, policy and lists: read whole at every start
 *
 * and P+2 is assay.order, which says in which sequence the sources' records stand.
 */
export interface Layout extends Numbered {
  readonly partitions: number;
  readonly names: Names;
  /** Partitions of transactions.raw, numbered for themselves. */
  readonly raw: Numbered;
  /** Number of sources: P + 2. */
  readonly sources: number;
  readonly events: number;
  readonly control: number;
  readonly order: number;
}

/** Partitions of several topics under one numbering. */
export interface Numbered {
  /** Topic and partition by number. */
  readonly at: readonly { topic: string; partition: number }[];
  /** Number of a topic's partition; undefined where it is none of these. */
  numberOf(topic: string, partition: number): number | undefined;
}

export interface Names {
  raw: string;
  scored: string;
  events: string;
  control: string;
  order: string;
  dead: string;
}

const DEFAULT_NAMESPACE = 'assay';

export function namesOf(namespace = DEFAULT_NAMESPACE): Names {
  const prefix = namespace === DEFAULT_NAMESPACE ? '' : `${namespace}.`;
  return {
    raw: `${prefix}transactions.raw`,
    scored: `${prefix}transactions.scored`,
    events: `${prefix}assay.events`,
    control: `${prefix}assay.control`,
    order: `${prefix}assay.order`,
    dead: `${prefix}transactions.dead`,
  };
}

export function layoutOf(names: Names, partitions: number, rawPartitions: number): Layout {
  const at = partitionsOf(names.scored, partitions);
  for (const topic of [names.events, names.control, names.order]) at.push({ topic, partition: 0 });
  return {
    ...{ partitions, names, sources: partitions + 2, raw: numbered(partitionsOf(names.raw, rawPartitions)) },
    ...{ events: partitions, control: partitions + 1, order: partitions + 2 },
    ...numbered(at),
  };
}

const partitionsOf = (topic: string, count: number) =>
  Array.from({ length: count }, (_, partition) => ({ topic, partition }));

function numbered(at: { topic: string; partition: number }[]): Numbered {
  const numbers = new Map(at.map(({ topic, partition }, number) => [`${topic}:${partition}`, number]));
  return { at, numberOf: (topic, partition) => numbers.get(`${topic}:${partition}`) };
}

const SCORED: ReadonlySet<RecordType> = new Set(['decision', 'intake', 'failed']);
const CONTROL: ReadonlySet<RecordType> = new Set([
  'key.create',
  'key.revoke',
  'model.promote',
  'model.shadow',
  'model.keep',
  'model.canary',
  'policy.rule',
  'policy.thresholds',
  'policy.control',
  'policy.restore',
  'policy.list',
  'policy.entries',
]);

export const isScored = (type: RecordType): boolean => SCORED.has(type);
export const isControl = (type: RecordType): boolean => CONTROL.has(type);
