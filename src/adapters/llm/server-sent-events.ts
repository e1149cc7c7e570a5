/**
 * The `data` of each event of a text/event-stream body, as the HTML standard parses it (9.2.6), but for `event`, `id`
 * and `retry`, which chat endpoints do not use. Characters may be parted between chunks, and lines may end in CR, LF or
 * both. Its source bounds how much there can be.
 */
export async function* eventsOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  let data: string[] = [];
  for await (const bytes of source) {
    rest += decoder.decode(bytes, { stream: true });
    // A CR at the end may be half of a line's end.
    const whole = rest.endsWith('\r') ? rest.slice(0, -1) : rest;
    const lines = whole.split(/\r\n|\n|\r/);
    rest = lines.pop()! + rest.slice(whole.length);
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) yield data.join('\n');
        data = [];
      } else if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5));
    }
  }
  // Some servers end without the empty line.
  if (rest.startsWith('data:')) data.push(rest.slice(rest[5] === ' ' ? 6 : 5));
  if (data.length > 0) yield data.join('\n');
}
