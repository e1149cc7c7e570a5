/** What was assumed of a file, and the warnings of its rows: each told once, with how often and where first. */
export interface Notes {
  /** A warning of a row. */
  add(text: string, line: number): void;
  /** Something about the file as a whole. */
  say(text: string): void;
  /** Asked at the end. */
  ask(told: () => string[]): void;
  /** All of them in words. */
  told(): string[];
}

/** Different warnings that are kept; rows may each have their own. */
const MOST = 50;

export function createNotes(): Notes {
  const general: string[] = [];
  const byText = new Map<string, { rows: number; line: number }>();
  const asked: (() => string[])[] = [];
  let others = 0;
  return {
    add(text, line) {
      const known = byText.get(text);
      if (known) known.rows++;
      else if (byText.size < MOST) byText.set(text, { rows: 1, line });
      else others++;
    },
    say: (text) => general.push(text),
    ask: (told) => asked.push(told),
    told: () => [
      ...general,
      ...Array.from(byText, ([text, { rows, line }]) =>
        rows === 1 ? `line ${line}: ${text}` : `${rows} rows, the first at line ${line}: ${text}`,
      ),
      ...asked.flatMap((told) => told()),
      ...(others > 0 ? [`${others} further warnings of other words.`] : []),
    ],
  };
}
