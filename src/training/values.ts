/** A number as text; NaN where empty. Throws an Error that names the field where it is not a number. */
export function decimal(text: string, field: string): number {
  if (text === '') return Number.NaN;
  const value = Number(text);
  if (!Number.isFinite(value)) throw new Error(`${field} ${text} is not a number`);
  return value;
}

/** Whether a label says fraud: 1, true or fraud (or the given word); 0, false, legitimate or empty does not. */
export function truth(text: string, fraudValue?: string): boolean {
  if (fraudValue !== undefined) return text === fraudValue;
  switch (text) {
    case '1':
    case 'true':
    case 'fraud':
      return true;
    case '0':
    case '':
    case 'false':
    case 'legitimate':
      return false;
    default:
      throw new Error(`isFraud ${text} is neither 0 nor 1`);
  }
}

export interface Moment {
  time: number;
  offsetMinutes: number;
}

const digit = (text: string, at: number) => text.charCodeAt(at) - 48;
const two = (text: string, at: number) => digit(text, at) * 10 + digit(text, at + 1);

let knownDay = '';
let knownDayTime = 0;

/** Start of the day of the text's first ten characters: rows in time order ask for the same day again and again. */
function dayTime(text: string): number {
  if (text.startsWith(knownDay) && knownDay !== '') return knownDayTime;
  const time = Date.parse(`${text.slice(0, 10)}T00:00:00Z`);
  knownDay = Number.isNaN(time) ? '' : `${text.slice(0, 10)}`;
  knownDayTime = time;
  return time;
}

const SHAPE = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/;

/** Milliseconds and offset of an RFC 3339 time. Throws an Error where it is none. */
export function rfc3339(text: string, out: Moment): Moment {
  if (!SHAPE.test(text)) throw new Error(`${text === '' ? 'an empty text' : text} is not an RFC 3339 time`);
  const { length } = text;
  const zulu = text.charCodeAt(length - 1) > 57;
  const zone = zulu ? length - 1 : length - 6;
  const sign = text[zone] === '-' ? -1 : 1;
  const offset = zulu ? 0 : sign * (two(text, zone + 1) * 60 + two(text, zone + 4));
  const clock = (two(text, 11) * 60 + two(text, 14)) * 60 + two(text, 17);
  const fraction = zone > 19 ? Math.floor(Number(text.slice(19, zone)) * 1000 + 1e-6) : 0;
  const time = dayTime(text) + clock * 1000 + fraction - offset * 60_000;
  if (Number.isNaN(time) || clock > 86_400) throw new Error(`${text} is not an RFC 3339 time`);
  out.time = time;
  out.offsetMinutes = offset;
  return out;
}
