import { readFileSync } from 'node:fs';
import type { Config } from '../config.ts';
import { DEFAULT_MAP, type Iso8583Map, readIso8583Map } from '../intake/iso8583/map.ts';

/** How messages of ISO 8583 are read here. Throws an Error that names the file, its line and what is wrong. */
export function openIso8583Map({ iso8583MapFile: path }: Pick<Config, 'iso8583MapFile'>): Iso8583Map {
  if (path === undefined) return DEFAULT_MAP;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`ISO8583_MAP: ${(error as Error).message}`);
  }
  return readIso8583Map(text, `ISO8583_MAP: ${path}`);
}
