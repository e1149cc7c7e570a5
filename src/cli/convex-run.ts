import { openConvex } from '../app.ts';
import { readConfig } from '../config.ts';
import { defaultModelDir } from './paths.ts';

/** Throws where none is configured, or where it does not answer: what was emptied by then stays empty, and is emptied further the next time. */
export async function rebuildConvex(env: Readonly<Record<string, string | undefined>>): Promise<void> {
  const { convex } = readConfig(env, { modelDir: defaultModelDir });
  if (!convex) throw new Error('CONVEX_URL and CONVEX_DEPLOY_KEY: needed to say which copy is meant.');
  const target = await openConvex(convex);
  await target.clear();
  console.log(`The copy at ${convex.url} is empty; a server with the same settings fills it from its journal.`);
}
