/**
 * Messages of reasons are clauses such as "6 cards on this device in the last hour (usually 1)"; these make sentences of
 * them. They go by the form of the message, so that a record of any age and of any catalogue can be told.
 */

/** "there were 6 cards on this device in the last hour (usually 1)": a whole sentence, without its capital and its end. */
export function sentenceOf(message: string): string {
  // Few forms are told apart by their first letter; decisions wait for this.
  const first = message.charCodeAt(0);
  if (first >= 48 && first <= 57) return ofNumber(message);
  if (message.startsWith('made ')) return `it was ${message}`;
  if (message.startsWith('the amount is 1 times ')) return `the amount is about ${message.slice(22)}`;
  if (message.startsWith('the account is 0 ')) return message.replace('0 seconds old', 'new');
  if (message.startsWith('no ')) return ofNothing(message);
  if (message.startsWith('the first ') || message.startsWith('a ') || message.startsWith('not a '))
    return `it is ${message}`;
  return MONEY_PAID.test(message) ? message.replace(' paid ', ' was paid ') : message;
}

/** "no merchant is given" is whole; "no earlier payments to compare with" is not. */
const OPEN_ENDED = / is given\b/;
function ofNothing(message: string): string {
  if (OPEN_ENDED.test(message)) return message;
  return `there ${message.startsWith('no earlier place ') ? 'is' : 'are'} ${message}`;
}

const MONEY_PAID = /^[^\s\d]*-?[\d.,]+ paid /;
const TIME_SINCE = /^[\d.,]+ (?:seconds?|minutes?|hours?|days?) since /;
const DISTANCE = /^[\d.,]+ km from /;
const ALL_PLAIN = /^[\d.,]+ (?:of the payments |km\/h )|^[\d.,]+% /;
const ONE = /^1 /;

function ofNumber(message: string): string {
  if (message.startsWith('0 seconds since ')) return `it came at once after ${message.slice(16)}`;
  if (message.startsWith('0 of the payments ')) return `none ${message.slice(2)}`;
  if (TIME_SINCE.test(message)) return `it came ${message.replace(' since ', ' after ')}`;
  if (DISTANCE.test(message)) return `it was made ${message}`;
  if (ALL_PLAIN.test(message)) return message;
  if (ONE.test(message)) return `there was ${message}`;
  return `there were ${message.startsWith('0 ') ? `no ${message.slice(2)}` : message}`;
}

/** "a", "a and b", "a, b and c". */
export function series(parts: string[]): string {
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts[parts.length - 1]}`;
}

export function capital(text: string): string {
  return text === '' ? text : text[0].toUpperCase() + text.slice(1);
}

/** "0.3%", "97%": one decimal near the ends, and never quite 0 or 100. */
export function percent(probability: number): string {
  const share = 100 * probability;
  if (share < 0.1) return 'under 0.1%';
  if (share > 99.9) return 'over 99.9%';
  return `${share < 10 || share > 99 ? share.toFixed(1) : Math.round(share)}%`;
}
