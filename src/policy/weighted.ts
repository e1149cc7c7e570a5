/** A labelled payment that was let through, with the chance that it had of it. */
export interface Weighed {
  /** The decline was right. */
  fraud: boolean;
  /** The share that its decision recorded: 0 < share ≤ 1. */
  share: number;
  /** Whom it was drawn for: payments of one entity are not independent. */
  entity: string;
}

export interface WeightedShare {
  /** Frauds among all eligible declines, estimated; NaN without any labelled one. */
  value: number;
  /** 95 %; [0, 1] where fewer than two entities speak. */
  interval: [low: number, high: number];
  payments: number;
  entities: number;
}

/**
 * The precision of declines from those that were let through: each stands for 1/share of them (inverse propensity, as a ratio:
 * Hájek 1971). Its variance is that of the ratio linearized, summed within each entity (Särndal, Swensson, Wretman,
 * Model Assisted Survey Sampling, §5.7 and §8.6), with Student's quantile for as many entities; the interval is made on the
 * log-odds so that it stays within 0 and 1.
 */
export function weightedShare(sample: Iterable<Weighed>): WeightedShare {
  const clusters = new Map<string, { weight: number; frauds: number }>();
  let weight = 0;
  let frauds = 0;
  let payments = 0;
  for (const { fraud, share, entity } of sample) {
    if (!(share > 0 && share <= 1)) throw new Error(`A share lies above 0 and up to 1, and this is ${share}.`);
    const own = clusters.get(entity) ?? { weight: 0, frauds: 0 };
    own.weight += 1 / share;
    own.frauds += fraud ? 1 / share : 0;
    clusters.set(entity, own);
    weight += 1 / share;
    frauds += fraud ? 1 / share : 0;
    payments++;
  }
  const entities = clusters.size;
  const value = frauds / weight;
  if (entities < 2) return { value, interval: [0, 1], payments, entities };
  let squares = 0;
  for (const own of clusters.values()) squares += (own.frauds - value * own.weight) ** 2;
  const deviation = Math.sqrt((squares * entities) / (entities - 1)) / weight;
  return { value, interval: logitInterval(value, deviation, entities), payments, entities };
}

function logitInterval(value: number, deviation: number, entities: number): [number, number] {
  // Nothing but frauds, or none: the rule of three, by entities.
  if (value <= 0) return [0, Math.min(1, 3 / entities)];
  if (value >= 1) return [Math.max(0, 1 - 3 / entities), 1];
  const odds = Math.log(value / (1 - value));
  const reach = (studentQuantile(entities - 1) * deviation) / (value * (1 - value));
  const share = (logOdds: number) => 1 / (1 + Math.exp(-logOdds));
  return [share(odds - reach), share(odds + reach)];
}

/** The 0.975 quantile of Student's t (Cornish and Fisher's expansion; within 0.01 from 4 degrees of freedom on). */
export function studentQuantile(degrees: number): number {
  if (degrees < 4) return [Number.NaN, 12.706, 4.303, 3.182][degrees];
  const z = 1.959964;
  const terms = [
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
  ];
  return terms.reduce((sum, term, i) => sum + term / degrees ** (i + 1), z);
}
