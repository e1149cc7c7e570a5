import { examine, type Finding } from '../app/doctor/doctor.ts';
import { type Config, readConfig } from '../config.ts';
import { readControl } from './control.ts';
import { codeVersion, defaultDashboardDir, defaultModelDir } from './paths.ts';

/** Resolves to the exit code: 1 where there is a fault. */
export async function runDoctor(
  { dataDir, json }: { dataDir?: string; json?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const findings = await find(dataDir === undefined ? env : { ...env, ASSAY_DATA_DIR: dataDir });
  const faults = findings.filter(({ state }) => state === 'fault').length;
  if (json) console.log(JSON.stringify({ faults, findings }));
  else tell(findings, faults);
  return faults > 0 ? 1 : 0;
}

async function find(env: Readonly<Record<string, string | undefined>>): Promise<Finding[]> {
  let config: Config;
  try {
    config = readConfig(env, { modelDir: defaultModelDir, dashboardDir: defaultDashboardDir });
  } catch (error) {
    // Without it nobody knows where to look.
    return [
      {
        check: 'configuration',
        state: 'fault',
        found: (error as Error).message,
        advice: 'Nothing else was looked at.',
      },
    ];
  }
  return examine({ config, version: codeVersion(), now: Date.now, server: readControl(config.dataDir)?.url });
}

const MARKS = { ok: '✓', note: '·', warning: '!', fault: '✗' } as const;

export function tell(findings: readonly Finding[], faults: number): void {
  const width = Math.max(...findings.map(({ check }) => check.length));
  for (const { check, state, found, advice } of findings) {
    console.log(`${MARKS[state]} ${check.padEnd(width)}  ${found}`);
    if (advice) console.log(`  ${' '.repeat(width)}  → ${advice}`);
  }
  const warnings = findings.filter(({ state }) => state === 'warning').length;
  console.log(
    `\n${faults} ${faults === 1 ? 'fault' : 'faults'}, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}.`,
  );
}
