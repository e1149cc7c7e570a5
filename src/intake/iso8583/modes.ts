/** What a code says of how card, cardholder and merchant met. */
export interface Mode {
  remote?: boolean;
  initiator?: 'customer' | 'merchant';
  channel?: string;
}

const present: Mode = { remote: false, initiator: 'customer', channel: 'pos' };

/** DE22, its first two digits: how the card number came in. 01 (keyed) and 10 (on file) say nothing by themselves of who was where. */
export const ENTRY_MODES: Readonly<Record<string, Mode>> = {
  '02': present,
  '03': present,
  '04': present,
  '05': present,
  '07': present,
  '80': present,
  '81': { remote: true, channel: 'web' },
  '90': present,
  '91': present,
  '95': present,
  '10': { remote: true },
};

/** DE25: the conditions at the point of service. */
export const CONDITIONS: Readonly<Record<string, Mode>> = {
  '01': { remote: true },
  '02': { ...present, channel: 'unattended' },
  '05': { remote: false, initiator: 'customer' },
  '07': { remote: true, initiator: 'customer', channel: 'telephone' },
  '08': { remote: true, channel: 'moto' },
  '15': { remote: true, initiator: 'customer' },
  '59': { remote: true, channel: 'web' },
  '71': present,
};

/** DE3, its first two digits: what is asked for. `none`: no money is to move. */
export type Asked = 'payment' | 'payout' | 'none';
export const ASKED: readonly Asked[] = ['payment', 'payout', 'none'];

/** By the ranges of the standard: debits, credits (to the cardholder), inquiries, transfers and payments. The rest is national. */
export function askedBy(processingCode: string): Asked | undefined {
  const kind = Number(processingCode.slice(0, 2));
  if (kind < 20 || (kind >= 40 && kind < 60)) return 'payment';
  if (kind < 30) return 'payout';
  return kind < 40 ? 'none' : undefined;
}

/** What both codes say; what they contradict each other in is left out, and told. */
export function modeOf(entry: Mode | undefined, condition: Mode | undefined, warnings: string[]): Mode {
  const mode: Mode = { ...entry, ...condition };
  if (entry?.remote !== undefined && condition?.remote !== undefined && entry.remote !== condition.remote) {
    warnings.push(
      'DE22 and DE25 contradict each other on whether card and merchant met: remote, initiator and channel are left out.',
    );
    return {};
  }
  return mode;
}
