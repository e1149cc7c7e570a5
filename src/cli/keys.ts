import { Command, InvalidArgumentError } from 'commander';
import { SCOPES, type Scope } from '../domain/key.ts';

/** `assay keys`: through the running server where one holds the data directory, else straight into the journal. */
export function keysCommand(): Command {
  const keys = new Command('keys').description('API keys: create, list, revoke');
  keys
    .command('create')
    .description('creates a key and prints its secret, this once')
    .requiredOption('--scope <scopes>', `comma-separated: ${SCOPES.join(', ')}`, parseScopes)
    .option('--name <name>', 'what it is for', 'cli')
    .option('--data-dir <folder>', 'the data directory (ASSAY_DATA_DIR)')
    .option('--json', 'print JSON')
    .action(async (options: { scope: Scope[]; name: string; dataDir?: string; json?: boolean }) => {
      const { withKeys } = await import('./key-access.ts');
      const created = await withKeys(options.dataDir, (access) =>
        access.create({ name: options.name, scopes: options.scope }),
      );
      if (options.json) console.log(JSON.stringify({ ...created.key, secret: created.secret }));
      else
        console.log(
          `${created.secret}\n\nid ${created.key.id}, scopes ${created.key.scopes.join(', ')}. It is not shown again.`,
        );
    });
  keys
    .command('list')
    .description('lists the keys, without their secrets')
    .option('--data-dir <folder>', 'the data directory (ASSAY_DATA_DIR)')
    .option('--json', 'print JSON')
    .action(async (options: { dataDir?: string; json?: boolean }) => {
      const { withKeys } = await import('./key-access.ts');
      const list = await withKeys(options.dataDir, (access) => access.list(), 'reads');
      if (options.json) console.log(JSON.stringify(list));
      else if (list.length === 0) console.log('No keys. The server listens on loopback only until there is one.');
      else
        for (const key of list)
          console.log(
            `${key.id}  ${key.prefix}…  ${key.scopes.join(',')}  ${key.name}${key.revokedAt ? '  revoked' : ''}`,
          );
    });
  keys
    .command('revoke <id>')
    .description('revokes a key')
    .option('--data-dir <folder>', 'the data directory (ASSAY_DATA_DIR)')
    .option('--json', 'print JSON')
    .action(async (id: string, options: { dataDir?: string; json?: boolean }) => {
      const { withKeys } = await import('./key-access.ts');
      const known = await withKeys(options.dataDir, (access) => access.revoke(id), 'reads');
      if (!known) {
        console.error(`There is no key ${id}.`);
        process.exitCode = 1;
      } else console.log(options.json ? JSON.stringify({ id, revoked: true }) : `Revoked ${id}.`);
    });
  return keys;
}

function parseScopes(text: string): Scope[] {
  const scopes = text.split(',').map((scope) => scope.trim());
  for (const scope of scopes)
    if (!(SCOPES as readonly string[]).includes(scope))
      throw new InvalidArgumentError(`${scope} is not a scope; there are ${SCOPES.join(', ')}.`);
  return scopes as Scope[];
}
