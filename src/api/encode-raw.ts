/** What ends in an id that may hold slashes: a user's own, and that of an entity. */
const ENDS_IN_ID = /^(\/api\/(?:users|transactions\/user|entities\/[^/?]+)\/)([^?]*[^/?])/;
/** What is asked of an entity, behind its id. */
const OF_ENTITY = /^\/api\/entities\/[^/?]+\/[^?]+?(\/(?:links|notes(?:\/note_[\w-]+)?)\/?)(?=\?|$)/;

/**
 * An address as clients should have sent it: bytes beyond ASCII, which Node reads as Latin-1, and the slashes of an id
 * percent-encoded.
 */
export function encodeRaw(url: string): string {
  const bytes = encodeBytes(url);
  const rest = OF_ENTITY.exec(bytes);
  const end = rest ? rest[0].length - rest[1].length : bytes.length;
  const ofId = bytes.slice(0, end);
  const encoded = ofId.replace(ENDS_IN_ID, (_, path: string, id: string) => path + id.replaceAll('/', '%2F'));
  return encoded + bytes.slice(end);
}

function encodeBytes(url: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is the point
  if (/^[\u0000-\u007f]*$/.test(url)) return url;
  return Array.from(Buffer.from(url, 'latin1'), (byte) =>
    byte < 0x80 ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase()}`,
  ).join('');
}
