import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import type { ModelAccess, ShownModel } from './model-access.ts';
import { exportCommand, type ImportFlags, importFile, isModelFile, withImportOptions } from './models-formats.ts';

interface Flags {
  dataDir?: string;
  json?: boolean;
}

/** `assay models`: through the running server where one holds the data directory, else straight into it. */
export function modelsCommand(): Command {
  const models = new Command('models').description('models: list, import, export, promote, roll back, shadow, compare');
  const add = (usage: string, description: string) =>
    models
      .command(usage)
      .description(description)
      .option('--data-dir <folder>', 'the data directory (ASSAY_DATA_DIR)')
      .option('--json', 'print JSON');

  add('list', 'every model that is kept, and which one decides').action((flags: Flags) =>
    run(flags, async (access) => {
      const list = await access.list();
      return [list, list.data.map(line).join('\n') + (list.problem ? `\n${list.problem}` : '')];
    }),
  );
  add('show <version>', 'what a model is, was trained on, and how good it was').action(
    (version: string, flags: Flags) =>
      run(flags, async (access) => {
        const model = await access.show(await full(access, version));
        return [model, JSON.stringify(model, undefined, 2)];
      }),
  );
  withImportOptions(
    add(
      'import <path>',
      'brings in a trained model, or a file of LightGBM, XGBoost, CatBoost, PMML or ONNX; it decides nothing until it is promoted',
    ),
  )
    .option('--out <folder>', 'of a file: the model that it becomes; with it, nothing is kept')
    .action((path: string, flags: Flags & Partial<ImportFlags>) => bringIn(path, flags));
  models.addCommand(exportCommand());
  add('promote <version>', 'lets a model decide from now on; an earlier one to roll back')
    .option('--reason <text>', 'why; kept with the promotion, and told by the model’s card')
    .action((version: string, flags: Flags & { reason?: string }) =>
      run(flags, async (access) => {
        const promoted = await access.promote(await full(access, version), flags.reason);
        const before = promoted.previous ? `; before it ${promoted.previous}` : '';
        return [promoted, `${promoted.version} decides${before}.`];
      }),
    );
  add('shadow [version]', 'scores a model beside the champion')
    .option('--stop', 'ends it')
    .action((version: string | undefined, flags: Flags & { stop?: boolean }) =>
      run(flags, async (access) => {
        if (flags.stop) {
          const was = await access.stopShadow();
          return [{ shadow: null }, was ? 'The shadow has ended; its comparison stays.' : 'There is no shadow.'];
        }
        if (version === undefined) throw new Error('Which one? assay models shadow <version>, or --stop.');
        const shadow = await full(access, version);
        await access.shadow(shadow);
        return [{ shadow }, `${shadow} is scored beside the champion. assay models compare ${shadow}`];
      }),
    );
  add('compare <version>', 'what a challenger said beside the champion').action((version: string, flags: Flags) =>
    run(flags, async (access) => {
      const comparison = await access.compare(await full(access, version));
      return [comparison, JSON.stringify(comparison, undefined, 2)];
    }),
  );
  return models;
}

/** A folder is kept as it is; a file becomes a model first, and is kept unless it is to lie elsewhere. */
async function bringIn(path: string, flags: Flags & Partial<ImportFlags>): Promise<void> {
  const ownFeatures = isModelFile(path) && flags.like === undefined;
  const take = (folder: string, notes: string[]) =>
    run(flags, async (access) => {
      const version = await access.take(folder);
      const next = ownFeatures
        ? 'Its features are those of the file, which no payment has: to decide payments, import it with --like <folder>.'
        : `assay models promote ${version} lets it decide.`;
      const kept = `${version} is kept. ${next}`;
      return [{ version, notes }, [kept, ...notes].join('\n')];
    });
  if (!isModelFile(path)) return take(path, []);
  if (flags.out !== undefined) {
    const imported = await importFile(path, { ...flags, out: flags.out });
    const text = [`${flags.out}: ${imported.kind}, version ${imported.version}`, ...imported.notes].join('\n');
    console.log(flags.json ? JSON.stringify({ out: flags.out, ...imported }) : text);
    return;
  }
  const out = mkdtempSync(join(tmpdir(), 'assay-import-'));
  try {
    await take(out, (await importFile(path, { ...flags, out })).notes);
  } finally {
    rmSync(out, { recursive: true });
  }
}

/** Prints what `use` returns: the first for machines, the second for people. */
async function run(flags: Flags, use: (access: ModelAccess) => Promise<[unknown, string]>): Promise<void> {
  const { withModels } = await import('./model-access.ts');
  const [json, text] = await withModels(flags.dataDir, use);
  console.log(flags.json ? JSON.stringify(json) : text);
}

/** A version by its first characters, where they mean one. */
async function full(access: ModelAccess, prefix: string): Promise<string> {
  const { data } = await access.list();
  const matches = data.map(({ version }) => version).filter((version) => version.startsWith(prefix));
  if (matches.length > 1) throw new Error(`${prefix} could be ${matches.join(' or ')}.`);
  return matches[0] ?? prefix;
}

function line(model: ShownModel): string {
  const { version, role, name = '', kind = '', trainedFrom = '', trainedTo = '', metrics, problem } = model;
  if (problem !== undefined) return `${version}  ${role.padEnd(8)}  ${problem}`;
  const measured = metrics?.test ?? metrics?.validation;
  const quality = measured ? `AP ${measured.averagePrecision.toFixed(4)}  AUC ${measured.rocAuc.toFixed(4)}` : '';
  // What was brought in says of no days, which is written as the beginning of time.
  const days =
    trainedFrom === trainedTo ? 'imported' : `trained ${trainedFrom.slice(0, 10)}..${trainedTo.slice(0, 10)}`;
  return `${version}  ${role.padEnd(8)}  ${name} (${kind})  ${days}  ${quality}`;
}
