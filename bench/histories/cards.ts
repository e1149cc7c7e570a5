/** Payments by card in Sparkov's layout: bursts of larger sums by night, on cards some of which are struck again and again. Made up, from a seed. */
import { seededRandom } from '../../src/training/gbdt/random.ts';

const DAY_MS = 86_400_000;
const START = Date.UTC(2025, 0, 1);
const DAYS = 540;
const CARDS = 500;
/** Share of the cards that bursts strike, and bursts on each of these. */
const STRUCK = 0.35;
const BURSTS = 3;
/** Usual sum of each kind of shop, and what a fraud takes there. */
const SHOPS: readonly [name: string, usual: number, fraud: number][] = [
  ['grocery_pos', 60, 300],
  ['gas_transport', 55, 15],
  ['shopping_net', 70, 700],
  ['shopping_pos', 65, 600],
  ['misc_net', 60, 500],
  ['entertainment', 60, 120],
  ['food_dining', 50, 110],
  ['kids_pets', 55, 40],
];

export const CARDS_HEADER =
  'trans_date_trans_time,cc_num,merchant,category,amt,first,last,gender,street,city,state,zip,lat,long,city_pop,job,dob,trans_num,unix_time,merch_lat,merch_long,is_fraud';

/** Rows in time order, as lines of that header. */
export function cards(seed: number, rows: number): string[] {
  const random = seededRandom(seed);
  const pick = (below: number) => Math.floor(random() * below);
  const people = Array.from({ length: CARDS }, (_, i) => {
    const [lat, long] = [30 + 15 * random(), -120 + 45 * random()];
    const told = `F${pick(90)},L${pick(200)},${'FM'[pick(2)]},${pick(900)} Main St,Town${pick(150)},S${pick(50)},${10_000 + pick(80_000)}`;
    const rest = `${lat.toFixed(4)},${long.toFixed(4)},${500 + pick(90_000)},Job ${pick(120)},${1940 + pick(60)}-0${1 + pick(9)}-1${pick(9)}`;
    return { number: 4_000_000_000_000 + i * 7919, lat, long, told, rest, struck: random() < STRUCK };
  });
  const events: { time: number; line: string }[] = [];
  const add = (person: (typeof people)[number], time: number, fraud: boolean) => {
    const [category, usual, taken] = SHOPS[pick(SHOPS.length)];
    const spread = Math.exp(0.75 * (random() + random() + random() - 1.5));
    const amount = (fraud ? taken : usual) * spread;
    const at = new Date(time).toISOString().slice(0, 19);
    const place = `${(person.lat + random() - 0.5).toFixed(5)},${(person.long + random() - 0.5).toFixed(5)}`;
    const fields = [at.replace('T', ' '), person.number, `fraud_Shop ${pick(400)}`, category, amount.toFixed(2)];
    const tail = [person.told, person.rest, `t${events.length}x${seed}`, Math.floor(time / 1000), place, fraud ? 1 : 0];
    events.push({ time, line: [...fields, ...tail].join(',') });
  };
  for (let i = 0; i < rows; i++) {
    const hour = random() < 0.75 ? 8 + 15 * random() : 24 * random();
    add(people[pick(CARDS)], START + pick(DAYS) * DAY_MS + hour * 3_600_000, false);
  }
  for (const person of people.filter(({ struck }) => struck))
    for (let burst = 0; burst < BURSTS; burst++) {
      const day = START + pick(DAYS - 2) * DAY_MS;
      for (let i = 4 + pick(6); i > 0; i--)
        add(person, day + pick(2) * DAY_MS + (random() < 0.8 ? 22 + 5 * random() : 24 * random()) * 3_600_000, true);
    }
  return events.sort((a, b) => a.time - b.time).map(({ line }) => line);
}
