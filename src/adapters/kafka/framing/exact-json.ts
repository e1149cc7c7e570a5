/** JSON read and written again with every number's digits as they were. */

/** V8's own: a number by its text. */
const raw = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON;

/** Texts of so many characters may be numbers that a double does not hold. */
const LONG = 15;
const MAX_DECIMAL_CHARS = 100;

/** A number of JSON by its digits; undefined where the text is no decimal number. */
export function decimal(text: string): unknown {
  if (text.length > MAX_DECIMAL_CHARS) return undefined;
  const match = /^([+-]?)0*(\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?)$/.exec(text);
  return match ? raw(`${match[1] === '-' ? '-' : ''}${match[2]}`) : undefined;
}

/** Two's complement, most significant byte first, times 10^-scale: how Connect, Debezium and Avro write decimals. */
export function decimalOf(bytes: Uint8Array, scale: number): unknown {
  const unscaled =
    bytes.length === 0 ? 0n : BigInt.asIntN(8 * bytes.length, BigInt(`0x${Buffer.from(bytes).toString('hex')}`));
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(Math.max(0, scale) + 1, '0');
  const whole = scale > 0 ? `${digits.slice(0, -scale)}.${digits.slice(-scale)}` : digits + '0'.repeat(-scale);
  return raw(`${unscaled < 0n ? '-' : ''}${scale < 0 && unscaled === 0n ? '0' : whole}`);
}

export function integer(value: bigint): unknown {
  return raw(value.toString());
}

/** The digits of what `decimal` and its like made; undefined for anything else. */
export function digitsOf(value: unknown): string | undefined {
  return typeof value === 'object' && value !== null && 'rawJSON' in value ? String(value.rawJSON) : undefined;
}

/** As JSON.parse. Throws SyntaxError. */
export function parseExact(text: string): unknown {
  return JSON.parse(text, ((_key: string, value: unknown, { source }: { source?: string }) =>
    typeof value === 'number' && source !== undefined && source.length > LONG ? raw(source) : value) as never);
}
