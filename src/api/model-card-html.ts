import type { ModelCard } from './model-card.ts';

const STYLE = `:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;margin:0 auto;max-width:56rem;padding:1.5rem}
h1{font-size:1.5rem;margin:0}h2{font-size:1.05rem;margin:2rem 0 .5rem}code{font-size:.9em;overflow-wrap:anywhere}
div{overflow-x:auto}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.3rem .8rem .3rem 0;border-bottom:1px solid #8884;vertical-align:top}`;

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (value: unknown) => String(value ?? '–').replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign]);

/** One page, no script, nothing fetched. */
export function modelCardHtml(card: ModelCard): string {
  const { version, name, kind, role, thresholds } = card;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escaped(name ?? version)} – model card</title><style>${STYLE}</style></head><body>
<h1>${escaped(name ?? 'A model')}</h1>
<p>${escaped(kind)}, version <code>${escaped(version)}</code>, ${escaped(ROLES[role] ?? role)}.${
    thresholds ? ` Review from ${percent(thresholds.review)}, decline from ${percent(thresholds.decline)}.` : ''
  }</p>
<h2>What it is for</h2>${list(card.use)}
<h2>Where it ends</h2>${list(card.limits)}
<h2>What it was made of</h2>${data(card)}
<h2>How good it was</h2>${figures(card)}
<h2>By segment</h2>${segments(card)}
<h2>What it goes by</h2>${table(
    ['feature', 'share of the gain'],
    card.goesBy.map(({ feature, share }) => [feature, percent(share)]),
    'Not known of a model of this kind.',
  )}
<h2>Who let it decide</h2>${table(
    ['when', 'who', 'instead of', 'why'],
    card.promotions.map(({ at, by, byName, previous, reason }) => [at, byName ?? by, previous, reason]),
  )}
<h2>Drift since</h2>${drift(card)}
</body></html>
`;
}

const ROLES: Record<string, string> = {
  champion: 'which decides',
  shadow: 'which is scored beside the one that decides',
  other: 'which is kept and decides nothing',
};

const percent = (share: number) => `${Number((share * 100).toPrecision(3))}%`;
const list = (lines: string[]) => `<ul>${lines.map((line) => `<li>${escaped(line)}</li>`).join('')}</ul>`;

function table(heads: string[], rows: unknown[][], none = 'Nothing.'): string {
  if (rows.length === 0) return `<p>${escaped(none)}</p>`;
  const line = (tag: string, cells: unknown[]) =>
    `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join('')}</tr>`;
  return `<div><table><thead>${line('th', heads)}</thead><tbody>${rows.map((row) => line('td', row)).join('')}</tbody></table></div>`;
}

function data({ data: facts }: ModelCard): string {
  const flat = Object.entries(facts ?? {}).map(([name, value]) => [
    name,
    typeof value === 'object' && value !== null ? JSON.stringify(value) : value,
  ]);
  return table(['', ''], flat);
}

function figures({ figures: parts }: ModelCard): string {
  const names = [...new Set(parts.flatMap((part) => Object.keys(part.figures)))];
  const cell = (part: ModelCard['figures'][number], name: string) => {
    const value = part.figures[name];
    const range = part.intervals[name];
    // Counts are told whole.
    const rounded = (number: number) => (Number.isInteger(number) ? number : Number(number.toPrecision(4)));
    const shown = value === undefined || value === null ? '–' : rounded(value);
    return Array.isArray(range)
      ? `${shown} (${range.map((end) => Number(Number(end).toPrecision(3))).join(' to ')})`
      : shown;
  };
  return table(
    ['', ...parts.map(({ part }) => part)],
    names.map((name) => [name, ...parts.map((part) => cell(part, name))]),
  );
}

function segments({ segments: all }: ModelCard): string {
  const shown = (share: ModelCard['segments'][number]['recall']) =>
    share && `${percent(share.value)} (${share.interval.map(percent).join(' to ')})`;
  return table(
    ['by', 'segment', 'rows', 'frauds', 'precision (95%)', 'frauds found (95%)'],
    all.map(({ by, segment, rows, frauds, precision, recall }) => {
      return [by, segment, rows, frauds, shown(precision), shown(recall)];
    }),
  );
}

function drift({ drift: told }: ModelCard): string {
  if (!told) return '<p>It does not decide: only what decides is watched.</p>';
  const { state, weeks, score, drifted, since, alarms } = told;
  const index = score.psi === null ? '' : ` The stability index of its score is ${Number(score.psi.toPrecision(3))}.`;
  const says = {
    stable: 'The last seven days are as the four weeks before.',
    drifted: `The last seven days are unlike the four weeks before in ${drifted.join(', ')}.`,
    learning: `Of the four weeks that the last seven days are compared with ${weeks} are known: until then nothing is said.`,
    few: 'Of the last seven days there are too few decisions to say anything.',
  }[state];
  const notes = alarms.map(({ at, series, level, since: from }) => [at, level, series, from]);
  const from = since === null ? '' : ` since ${since}`;
  return `<p>${escaped(says + index)}</p>${table(['when', 'what', 'series', 'unlike since'], notes, `No alarm${from}.`)}`;
}
