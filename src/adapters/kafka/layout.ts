import type { RecordType } from '../../journal/journal.ts';

/**
 * Which topics there are and how their partitions are numbered. Sources hold the journal's records:
 *
 *   0 … P-1   transactions.scored, partition by partition    decision, intake, failed
 *   P         assay.events                                   what people and clients do: labels, users, cases …
 *   P+1       assay.control                                  keys and models: few, read whole at every start
 *
 * and P+2 is assay.order, which says in which sequence the sources' records stand.
 */
export interface Layout {
  readonly partitions: number;
  readonly names: Names;
  /** Number of sources: P + 2. */
  readonly sources: number;
  readonly events: number;
  readonly control: number;
  readonly order: number;
  /** Topic and partition of a source, or of the order. */
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

export function layoutOf(names: Names, partitions: number): Layout {
  const at = Array.from({ length: partitions }, (_, partition) => ({ topic: names.scored, partition }));
  for (const topic of [names.events, names.control, names.order]) at.push({ topic, partition: 0 });
  const numbers = new Map(at.map(({ topic, partition }, number) => [`${topic}:${partition}`, number]));
  return {
    ...{ partitions, names, at, sources: partitions + 2 },
    ...{ events: partitions, control: partitions + 1, order: partitions + 2 },
    numberOf: (topic, partition) => numbers.get(`${topic}:${partition}`),
  };
}

const SCORED: ReadonlySet<RecordType> = new Set(['decision', 'intake', 'failed']);
const CONTROL: ReadonlySet<RecordType> = new Set(['key.create', 'key.revoke', 'model.promote', 'model.shadow']);

export const isScored = (type: RecordType): boolean => SCORED.has(type);
export const isControl = (type: RecordType): boolean => CONTROL.has(type);
