import { existsSync } from 'node:fs';
import { examineUpgrade } from '../app/doctor/upgrade.ts';
import { readConfig } from '../config.ts';
import { readControl } from './control.ts';
import { tell } from './doctor-run.ts';
import { codeVersion, defaultModelDir } from './paths.ts';

/** Resolves to the exit code. Throws where a server has the directory: what it would find there is still changing. */
export async function runUpgradeCheck(
  { dataDir, json }: { dataDir?: string; json?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const config = readConfig(dataDir === undefined ? env : { ...env, ASSAY_DATA_DIR: dataDir }, {
    modelDir: defaultModelDir,
  });
  const server = config.fleet ? undefined : readControl(config.dataDir);
  if (server)
    throw new Error(
      `A server (process ${server.pid}, ${server.url}) holds ${config.dataDir}: stop it, or ask of a copy.`,
    );
  if (!config.fleet && !existsSync(config.dataDir))
    throw new Error(`There is no folder ${config.dataDir}: --data-dir says where it is.`);
  const findings = await examineUpgrade(config, codeVersion());
  const faults = findings.filter(({ state }) => state === 'fault').length;
  if (json) console.log(JSON.stringify({ faults, findings }));
  else tell(findings, faults);
  return faults > 0 ? 1 : 0;
}
