/** The quarter such as `2026Q4`, or the month such as `2026-11`, so many before or after another. */
export function periodBeside(period: string, steps: number): string {
  const quarter = /^(\d{4})Q([1-4])$/.exec(period);
  const [year, at, parts] = quarter
    ? [Number(quarter[1]), Number(quarter[2]) - 1, 4]
    : [Number(period.slice(0, 4)), Number(period.slice(5)) - 1, 12];
  const next = year * parts + at + steps;
  const [y, n] = [String(Math.floor(next / parts)).padStart(4, '0'), (next % parts) + 1];
  return quarter ? `${y}Q${n}` : `${y}-${String(n).padStart(2, '0')}`;
}

/** "Q4 2026", "November 2026" */
export function periodWords(period: string): string {
  const quarter = /^(\d{4})Q([1-4])$/.exec(period);
  if (quarter) return `Q${quarter[2]} ${quarter[1]}`;
  const locale = typeof navigator === 'undefined' ? 'en' : navigator.language;
  const name = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' });
  return name.format(Date.parse(`${period}-01T00:00:00Z`));
}
