/** What a report says of how features and options were settled. */
import { escapeText } from './report-svg.ts';
import { number, whole } from './report-text.ts';
import type { Tuning } from './tune.ts';

export interface TuningReport extends Omit<Tuning, 'features'> {
  /** Those that are kept; `us` is what each would cost alone, in microseconds of a decision, where there was a history to measure it on. */
  features: { name: string; us?: number }[];
  /** Of the whole list, which shares its scans, and of the one that was given. */
  cost?: { us: number; allUs: number };
  seconds: number;
}

export function tuning(told: TuningReport | undefined): string {
  if (!told) return '';
  const { candidates, chosen, features, dropped, cost } = told;
  const kept = `${whole(features.length)} features are kept of at most ${whole(told.most)} beside your own columns`;
  const left = `${whole(dropped.constant)} said nothing in these rows, ${whole(dropped.same)} said what another said, ${whole(dropped.unhelpful)} did not help`;
  const own =
    dropped.own.length > 0
      ? ` Left out, though named: ${dropped.own.map(escapeText).join(', ')}, without which every fold did better.`
      : '';
  const costs = cost ? ` A vector takes ${number(cost.us, 1)} µs (${number(cost.allUs, 1)} µs with all of them).` : '';
  const tried = candidates.map((one, i) => {
    const what = i === 0 ? 'all features, usual options' : optionsText(one.options);
    const cells = [
      whole(one.features),
      escapeText(what),
      whole(one.rounds),
      ...one.folds.map((x) => number(x)),
      number(one.merit),
    ];
    return `<tr>${cells.map((text) => `<td>${i === chosen ? `<b>${text}</b>` : text}</td>`).join('')}</tr>`;
  });
  const folds = Array.from({ length: told.folds }, (_, i) => `<th>fold ${i + 1}</th>`).join('');
  const merit = candidates[chosen].merit;
  const families = [...told.ablation]
    .sort((a, b) => a.without - b.without)
    .map(
      ({ family, features: count, without }) =>
        `<tr><td>${escapeText(family)}</td><td>${whole(count)}</td><td>${number(without)}</td><td>${number(merit - without)}</td></tr>`,
    );
  const curve = told.learningCurve.map(
    (one) =>
      `<tr><td>${whole(one.rows)}</td><td>${whole(one.frauds)}</td><td>${number(one.averagePrecision)}</td></tr>`,
  );
  const price = features.map(({ name, us }) => (us === undefined ? name : `${name} ${us.toFixed(1)}`)).join(', ');
  return `<section class="wide"><h2>How it was settled</h2><p>By average precision on ${whole(told.folds)} folds of the training part, one after another in time; the test part was not looked at. ${kept}; ${left}.${own}${costs}</p>
<div class="scroll"><table><tr><th>features</th><th>options</th><th>rounds</th>${folds}<th>mean</th></tr>${tried.join('')}</table></div>
<h3>What each family adds</h3><p>The same without it, fitted again on the folds.</p><div class="scroll"><table><tr><th>family</th><th>features</th><th>AP without</th><th>adds</th></tr>${families.join('')}</table></div>
<h3>What more rows would teach</h3><p>On the last fold, trained on its latest rows.</p><div class="scroll"><table><tr><th>rows</th><th>frauds</th><th>AP</th></tr>${curve.join('')}</table></div>
<p>Kept${cost ? ', each with what it would cost alone in µs' : ''}: ${escapeText(price)}.</p></section>`;
}

const optionsText = (options: Record<string, unknown>) =>
  Object.entries(options)
    .filter(([name]) => name !== 'rounds')
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
