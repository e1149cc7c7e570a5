import { Command } from 'commander';
import type { ModelAccess, ShownModel } from './model-access.ts';

interface Flags {
  dataDir?: string;
  json?: boolean;
}

/** `assay models`: through the running server where one holds the data directory, else straight into it. */
export function modelsCommand(): Command {
  const models = new Command('models').description('models: list, import, promote, roll back, shadow, compare');
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
  add('import <folder>', 'brings in a trained model; it decides nothing until it is promoted').action(
    (folder: string, flags: Flags) =>
      run(flags, async (access) => {
        const version = await access.take(folder);
        return [{ version }, `${version} is kept. assay models promote ${version} lets it decide.`];
      }),
  );
  add('promote <version>', 'lets a model decide from now on; an earlier one to roll back').action(
    (version: string, flags: Flags) =>
      run(flags, async (access) => {
        const promoted = await access.promote(await full(access, version));
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
  const days = `${trainedFrom.slice(0, 10)}..${trainedTo.slice(0, 10)}`;
  return `${version}  ${role.padEnd(8)}  ${name} (${kind})  trained ${days}  ${quality}`;
}
