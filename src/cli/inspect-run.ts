import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { openIntake } from '../app.ts';
import { readConfig } from '../config.ts';
import { type Inspection, inspectFile } from '../training/inspect.ts';
import type { InspectFlags } from './inspect-flags.ts';
import { defaultModelDir } from './paths.ts';
import { createProgress } from './progress.ts';

export async function runInspect(file: string, flags: InspectFlags): Promise<void> {
  if (!existsSync(file)) throw new Error(`There is no file ${file}.`);
  const config = readConfig(process.env, { modelDir: defaultModelDir });
  const bar = createProgress('reading', 1, { unit: 'bytes', quiet: flags.json });
  const found = await inspectFile(file, {
    now: Date.now(),
    rules: openIntake(config, undefined, 'files'),
    onProgress(bytes, total) {
      bar.total(total);
      bar.update(bytes);
    },
  }).finally(bar.stop);
  if (flags.out && found.format !== 'ulb') await writeFile(flags.out, `${JSON.stringify(found.map, null, 2)}\n`);
  if (flags.json) console.log(JSON.stringify(found));
  else print(file, found, flags.out);
  if (found.undecided !== undefined || found.missing.some((name) => name !== 'isFraud')) process.exitCode = 1;
}

function print(file: string, found: Inspection, out: string | undefined): void {
  const { format, map, missing, rows, bad, faults, repeated, ordered, truths, months, notes } = found;
  if (format) console.log(`the columns of ${format}: --format ${format}`);
  for (const [field, columns] of Object.entries(map.columns))
    console.log(`${field.padEnd(18)} ${[columns].flat().join(' + ')}`);
  for (const [field, text] of Object.entries(map.constants ?? {})) console.log(`${field.padEnd(18)} ${text}, always`);
  for (const [name, { type, column, field }] of Object.entries(map.schema ?? {}))
    console.log(`${`own ${type}`.padEnd(18)} ${name} (${[column ?? field].flat().join(' + ')})`);
  if (missing.length > 0) console.log(`no column was found for ${missing.join(', ')}: say which it is in the map`);
  for (const name of found.unused) console.log(`not used: ${name}${found.left[name] ? ` (${found.left[name]})` : ''}`);
  if (found.from)
    console.log(
      `${rows} rows from ${found.from} to ${found.to}, ${ordered ? 'in order' : 'not in order: they will be sorted'}`,
    );
  if (repeated > 0) console.log(`${repeated} rows repeat an earlier one`);
  if (bad > 0) console.log(`${bad} bad rows, the first: ${faults.join(' | ')}`);
  const said = Object.entries(truths);
  if (said.length > 0) console.log(`truth: ${said.map(([name, count]) => `${count} ${name}`).join(', ')}`);
  for (const { month, rows: count, frauds } of months)
    console.log(`${month} ${String(count).padStart(10)} rows ${String(frauds).padStart(8)} frauds`);
  for (const note of notes) console.log(`note: ${note}`);
  if (found.undecided !== undefined) console.log(`not read: ${found.undecided}`);
  console.log(commandOf(file, found, out));
}

/** What trains on the file as it was found. */
function commandOf(file: string, { format, truths, bad }: Inspection, out: string | undefined): string {
  if (format === undefined && out === undefined) return 'the map: --out map.json';
  const how = format === undefined ? ` --map ${out}` : ` --format ${format}`;
  const unlabelled = truths.unlabelled ? ' --unlabelled presume|exclude' : '';
  return `assay train ${file}${how}${unlabelled}${bad > 0 ? ` --max-errors ${bad}` : ''} --out <folder>`;
}
