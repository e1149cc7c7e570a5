/** Payments of cards, addresses and devices some of which are bad for a year, as a history file. Made up, from a seed. */
import { seededRandom } from '../../src/training/gbdt/random.ts';

export const HISTORY_DAYS = 400;
const DAY_MS = 86_400_000;
const START = Date.UTC(2025, 0, 1);
/** How long what was bad stays likelier to be bad. */
const BAD_DAYS = 365;
/** Of each kind of entity: how many there are, which share turns bad, and how likely a fraud is beside a bad one. */
const KINDS = {
  card: { count: 1_200, bad: 0.03, fraud: 0.35 },
  ip: { count: 1_500, bad: 0.03, fraud: 0.4 },
  device: { count: 1_200, bad: 0.02, fraud: 0.3 },
};
const USUAL_FRAUD = 0.002;
type Kind = keyof typeof KINDS;

export const HISTORY_HEADER = 'id,userId,cardId,ip,deviceId,merchantId,amount,productCategory,transactionDate,isFraud';

/** Rows in time order, as lines of that header. */
export function* histories(seed: number, rows: number): Generator<string> {
  const random = seededRandom(seed);
  const pick = (below: number) => Math.floor(random() * below);
  const badFrom = {} as Record<Kind, Float64Array>;
  for (const kind of Object.keys(KINDS) as Kind[]) {
    const { count, bad } = KINDS[kind];
    // Some were bad before the first row.
    const days = () => (random() < bad ? (random() - 0.4) * HISTORY_DAYS : Number.NaN);
    badFrom[kind] = Float64Array.from({ length: count }, days);
  }
  const mean = Float64Array.from({ length: KINDS.card.count }, () => Math.exp(2.5 + random()));
  for (let i = 0; i < rows; i++) {
    const day = (i / rows) * HISTORY_DAYS;
    const card = pick(KINDS.card.count);
    // A card has a few addresses and devices of its own, and now and then another.
    const ip = random() < 0.85 ? (card * 3 + pick(2)) % KINDS.ip.count : pick(KINDS.ip.count);
    const device = random() < 0.9 ? (card * 7 + pick(2)) % KINDS.device.count : pick(KINDS.device.count);
    const isBad = (kind: Kind, which: number) =>
      day >= badFrom[kind][which] && day < badFrom[kind][which] + BAD_DAYS ? KINDS[kind].fraud : 0;
    const spared =
      (1 - isBad('card', card)) * (1 - isBad('ip', ip)) * (1 - isBad('device', device)) * (1 - USUAL_FRAUD);
    const fraud = random() >= spared;
    // A fraud is somewhat larger, not so much that the amount would tell it.
    const amount = mean[card] * Math.exp(0.6 * (random() + random() - 1)) * (fraud ? 1.25 : 1);
    const time = new Date(START + Math.floor(day * DAY_MS)).toISOString();
    const address = `10.${ip >> 8}.${ip & 255}.7`;
    const category = ['grocery', 'fuel', 'shoes', 'games'][pick(4)];
    yield `p${String(i).padStart(7, '0')},u${card},c${card},${address},d${device},m${pick(150)},${amount.toFixed(2)},${category},${time},${fraud ? 1 : 0}`;
  }
}
