const MOST_CHARACTERS = 64;
/** V8 makes longer ones a view into the text that they were cut from, and would keep that alive. */
const COPIED_BELOW = 13;

/** `of` with what it gave for the texts of late: few words make up most of what passes here. Forgets all when there are `most`. */
export function recent<T>(of: (text: string) => T, most = 4096): (text: string) => T {
  const known = new Map<string, { value: T }>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found.value;
    const value = of(text);
    if (text.length > MOST_CHARACTERS) return value;
    if (known.size >= most) known.clear();
    known.set(text.length < COPIED_BELOW ? text : Buffer.from(text, 'utf16le').toString('utf16le'), { value });
    return value;
  };
}
