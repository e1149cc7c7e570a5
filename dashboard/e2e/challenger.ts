import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '..', '..', 'models', 'stateless', 'trees');

/** Brings another model in, one that knows a payment alone. Returns its version. */
export async function bringChallenger(base: string, headers: Record<string, string> = {}): Promise<string> {
  const json = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as unknown;
  const response = await fetch(`${base}/api/models`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({
      model: json('model.json'),
      body: readFileSync(join(folder, 'model.bin')).toString('base64'),
      report: json('report.json'),
      reportHtml: readFileSync(join(folder, 'report.html'), 'utf8'),
    }),
  });
  if (response.status !== 201)
    throw new Error(`the model was answered with ${response.status}: ${await response.text()}`);
  return ((await response.json()) as { version: string }).version;
}
