import { type FieldName, fieldOf } from '../domain/fields.ts';

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const FLAGS: Record<string, boolean> = { true: true, '1': true, yes: true, false: false, '0': false, no: false };

/** A file's text as a client would have sent it. What is no value of the field stays text, for the intake to refuse it. */
export function fieldValue(name: FieldName, text: string): unknown {
  switch (fieldOf(name).kind) {
    case 'number':
    case 'amount':
      return NUMBER.test(text) ? Number(text) : text;
    case 'flag':
      return FLAGS[text.toLowerCase()] ?? text;
    default:
      return text;
  }
}

/** A number as text; NaN where empty. Throws an Error that names the field where it is not a number. */
export function decimal(text: string, field: string): number {
  if (text === '') return Number.NaN;
  const value = Number(text);
  if (!Number.isFinite(value)) throw new Error(`${field} ${text} is not a number`);
  return value;
}

/** Whether a label says fraud: 1, true or fraud (or the given word); 0, false, legitimate or empty does not. Else undefined. */
export function truth(text: string, fraudValue?: string): boolean | undefined {
  if (fraudValue !== undefined) return text === fraudValue;
  switch (text.toLowerCase()) {
    case '1':
    case '1.0':
    case 'true':
    case 'fraud':
      return true;
    case '0':
    case '0.0':
    case '':
    case 'false':
    case 'legitimate':
      return false;
    default:
      return undefined;
  }
}
