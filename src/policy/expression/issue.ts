/** What is wrong with an expression, and where: lines and columns from 1, in UTF-16 units; the end is one past the last. */
export interface Issue {
  path: '/when';
  message: string;
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
  /** What to write in that place. */
  suggestion?: string;
}

export interface Range {
  start: number;
  end: number;
}

/** An issue about a range of 0-based offsets; an empty range points at one character. */
export function issueAt(source: string, range: Range, message: string, suggestion?: string): Issue {
  const start = Math.min(range.start, source.length);
  const from = place(source, start);
  const to = place(source, Math.max(start, Math.min(range.end, source.length)));
  const end = to.line === from.line && to.column === from.column ? { line: to.line, column: to.column + 1 } : to;
  return {
    path: '/when',
    message,
    line: from.line,
    column: from.column,
    endLine: end.line,
    endColumn: end.column,
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

function place(source: string, offset: number): { line: number; column: number } {
  const lines = source.slice(0, offset).split(/\r\n|\r|\n/);
  return { line: lines.length, column: lines[lines.length - 1].length + 1 };
}

/** The issue as people read it in a terminal: the line, and carets under the place. */
export function withCaret(source: string, issue: Issue): string {
  const text = source.split(/\r\n|\r|\n/)[issue.line - 1] ?? '';
  const end = issue.endLine === issue.line ? issue.endColumn : text.length + 1;
  const number = String(issue.line);
  const before = text.slice(0, issue.column - 1).replace(/[^\t]/g, ' ');
  const carets = '^'.repeat(Math.max(1, end - issue.column));
  const hint = issue.suggestion === undefined ? '' : `\n${' '.repeat(number.length)} = write ${issue.suggestion}`;
  return `${issue.message}\n${number} | ${text}\n${' '.repeat(number.length)} | ${before}${carets}${hint}`;
}
