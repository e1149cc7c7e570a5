export interface Row {
  name: string;
  tries: number;
  faults: string[];
  /** What was seen, in words. */
  seen: string;
}

export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(({ name, tries, faults, seen }) => `| ${name} | ${tries} | ${faults.length} | ${seen} |`);
  return ['| torture | tries | broken | seen |', '| --- | --- | --- | --- |', ...lines].join('\n');
}
