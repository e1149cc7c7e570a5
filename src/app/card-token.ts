import { createHmac, randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const KEY_BYTES = 32;
const LETTERS = 'abcdefghijklmnop';

/**
 * Card numbers as tokens: HMAC-SHA-256 under a key in a file of its own, outside the data, so that what reads the data cannot try
 * all numbers. The file is made when it is first needed, for its owner alone. The first 128 bits, in letters: a token holds no digits
 * that could be taken for a number. Throws an Error that names the file where it cannot serve.
 */
export function cardTokens(keyFile: string): (digits: string) => string {
  let key: Buffer | undefined;
  return (digits) => {
    key ??= openKey(keyFile);
    const bytes = createHmac('sha256', key).update(digits).digest().subarray(0, 16);
    return `pan_${Array.from(bytes, (byte) => LETTERS[byte >> 4] + LETTERS[byte & 15]).join('')}`;
  };
}

/** Whole under its name at once, whoever else makes one. */
function make(path: string): void {
  const aside = `${path}.${process.pid}`;
  writeFileSync(aside, `${randomBytes(KEY_BYTES).toString('hex')}\n`, { mode: 0o600 });
  try {
    linkSync(aside, path);
  } finally {
    rmSync(aside);
  }
}

function openKey(path: string): Buffer {
  try {
    mkdirSync(dirname(path), { recursive: true });
    if (!existsSync(path)) make(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
      throw new Error(`CARD_KEY_FILE: ${path} cannot be made: ${(error as Error).message}`);
  }
  if ((statSync(path).mode & 0o077) !== 0)
    throw new Error(`CARD_KEY_FILE: ${path} can be read by others; allow its owner alone (chmod 600)`);
  const text = readFileSync(path, 'utf8').trim();
  if (!/^[0-9a-f]{64,}$/i.test(text)) throw new Error(`CARD_KEY_FILE: ${path} does not hold 64 hexadecimal digits`);
  return Buffer.from(text, 'hex');
}
