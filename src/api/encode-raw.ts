/** What ends in an id that may hold slashes: a user's own, and that of an entity. */
const ENDS_IN_ID = /^(\/api\/(?:users|transactions\/user|entities\/[^/?]+)\/)([^?]*[^/?])/;

/**
 * An address as clients should have sent it: bytes beyond ASCII, which Node reads as Latin-1, and the slashes of an id
 * percent-encoded.
 */
export function encodeRaw(url: string): string {
  return encodeBytes(url).replace(ENDS_IN_ID, (_, path: string, id: string) => path + id.replaceAll('/', '%2F'));
}

function encodeBytes(url: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is the point
  if (/^[\u0000-\u007f]*$/.test(url)) return url;
  return Array.from(Buffer.from(url, 'latin1'), (byte) =>
    byte < 0x80 ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase()}`,
  ).join('');
}
