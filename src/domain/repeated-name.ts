/** What is said of it. */
export const GIVEN_TWICE = 'is given twice';

const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\]:,]/gs;

/**
 * The JSON pointer of a name that one object of a JSON text gives twice, or undefined. Readers differ in which of the two they take
 * (RFC 8259 §4), so that what one system checked is not what another decides. `value` is the text as it was parsed.
 */
export function repeatedName(text: string, value: unknown): string | undefined {
  return colons(text) === names(value) ? undefined : pointer(text);
}

/** One for each name of the text. */
function colons(text: string): number {
  let count = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) quoted = !quoted;
    else if (code === COLON) count += quoted ? 0 : 1;
    else if (code === BACKSLASH) at++;
  }
  return count;
}

/** Names that are left of them. */
function names(value: unknown): number {
  const waiting: unknown[] = [value];
  let count = 0;
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    if (!isWhole(one)) continue;
    const inner = Object.values(one);
    if (!Array.isArray(one)) count += inner.length;
    for (const item of inner) if (typeof item === 'object') waiting.push(item);
  }
  return count;
}

/** An object or an array as JSON has them: numbers that are kept by their digits are objects of another kind. */
function isWhole(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}

/** Where the first such name stands. */
function pointer(text: string): string {
  const within: { names?: Set<string>; at: string | number }[] = [];
  let last = '""';
  for (const [token] of text.matchAll(TOKENS)) {
    const here = within.at(-1);
    if (token === '{') within.push({ names: new Set(), at: '' });
    else if (token === '[') within.push({ at: 0 });
    else if (token === '}' || token === ']') within.pop();
    else if (token === ',' && typeof here?.at === 'number') here.at++;
    else if (token === ':' && here?.names) {
      here.at = JSON.parse(last) as string;
      if (here.names.has(here.at))
        return within.map(({ at }) => `/${String(at).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
      here.names.add(here.at);
    } else last = token;
  }
  return '';
}
