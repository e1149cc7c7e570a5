import assert from 'node:assert/strict';

export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

export interface Family {
  type: string;
  help: string;
  samples: Sample[];
}

/** Prometheus' text format, read strictly: what does not fit it throws. */
export function parseExposition(text: string): Map<string, Family> {
  const families = new Map<string, Family>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const said = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.+)$/.exec(line);
    if (said) {
      const family = families.get(said[2]) ?? { type: '', help: '', samples: [] };
      families.set(said[2], family);
      const what = said[1] === 'HELP' ? 'help' : 'type';
      assert.equal(family[what], '', `${said[2]} is declared twice`);
      family[what] = said[3];
      continue;
    }
    const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
    assert.ok(sample, `not of the format: ${line}`);
    const [, name, inBraces = '', value] = sample;
    const labels: Record<string, string> = {};
    const rest = inBraces.replace(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"(?:,|$)/g, (_, label, text) => {
      labels[label] = text;
      return '';
    });
    assert.equal(rest, '', `labels that cannot be read: ${line}`);
    const family = families.get(name) ?? families.get(name.replace(/_(bucket|sum|count)$/, ''));
    assert.ok(family?.type && family.help, `${name} has no TYPE or HELP before it`);
    family.samples.push({ name, labels, value: value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value) });
  }
  return families;
}

/** The value of the only sample with these labels, 0 where there is none. */
export function figureOf(families: Map<string, Family>, name: string, labels: Record<string, string> = {}): number {
  const family = families.get(name) ?? families.get(name.replace(/_(bucket|sum|count)$/, ''));
  assert.ok(family, `there is no ${name}`);
  const found = family.samples.filter(
    (sample) =>
      sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  );
  assert.ok(found.length < 2, `${name} ${JSON.stringify(labels)} is several`);
  return found[0]?.value ?? 0;
}
