/** Account registrations of which the address tells most, once its frauds are known; as a file that is not ours. Made up, from a seed. */
import { seededRandom } from '../../src/training/gbdt/random.ts';

const DAY_MS = 86_400_000;
const START = Date.UTC(2025, 0, 1);
const DAYS = 365;
const ADDRESSES = 2_500;
/** Share of the addresses that only fraud comes from, how likely it is there, and elsewhere. */
const BAD = 0.05;
const FRAUD_AT_BAD = 0.92;
const FRAUD_ELSEWHERE = 0.0015;

export const ACCOUNTS_HEADER =
  'ip_address,email_address,billing_state,user_agent,billing_postal,phone_number,EVENT_TIMESTAMP,EVENT_LABEL';

/** Rows in no order, as lines of that header. */
export function accounts(seed: number, rows: number): string[] {
  const random = seededRandom(seed);
  const pick = (below: number) => Math.floor(random() * below);
  const isBad = Array.from({ length: ADDRESSES }, () => random() < BAD);
  const lines: string[] = [];
  for (let i = 0; i < rows; i++) {
    const place = pick(ADDRESSES);
    const fraud = random() < (isBad[place] ? FRAUD_AT_BAD : FRAUD_ELSEWHERE);
    // A fraud's mailbox is of the likelier domains a little more often: what a model sees without a history.
    const domain = ['example.org', 'example.com', 'example.net'][random() < (fraud ? 0.5 : 0.35) ? 0 : 1 + pick(2)];
    const agent = `Mozilla/5.0 (${['Windows', 'Macintosh', 'X11', 'Android'][pick(4)]}) rv:${pick(60)}`;
    const time = new Date(START + Math.floor(random() * DAYS * DAY_MS)).toISOString().slice(0, 19);
    const state = `S${pick(50)}`;
    const postal = String(10_000 + pick(4_000));
    const phone = `(555)${100 + pick(900)}-${1000 + pick(9000)}`;
    const address = `${20 + (place % 150)}.${place >> 8}.${place & 255}.${7 + (place % 200)}`;
    lines.push(
      `${address},n${pick(rows)}@${domain},${state},${agent},${postal},${phone},${time}Z,${fraud ? 'fraud' : 'legit'}`,
    );
  }
  return lines;
}
