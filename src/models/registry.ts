import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type LoadedModel, loadArtifact } from './artifact.ts';

/**
 * The models of an installation. Every model that ever served is kept by its version, so that a decision can be explained
 * by the very model that made it, for as long as the journal lives.
 */
export interface Registry {
  /** The model of a directory, verified and kept. Throws where it cannot be served. */
  admit(directory: string): LoadedModel;
  /** A kept model; undefined where it is not here. Throws where it is damaged. */
  get(version: string): LoadedModel | undefined;
}

/** Loaded models held at once, besides those in use elsewhere. */
const LOADED = 8;

export function openRegistry(kept: string): Registry {
  const loaded = new Map<string, LoadedModel>();

  function remember(model: LoadedModel): LoadedModel {
    loaded.delete(model.version);
    loaded.set(model.version, model);
    if (loaded.size > LOADED) loaded.delete(loaded.keys().next().value!);
    return model;
  }

  return {
    admit(directory) {
      const model = loadArtifact(directory);
      const folder = join(kept, model.version);
      if (!existsSync(folder)) keep(directory, folder);
      return remember(model);
    },
    get(version) {
      if (!/^[0-9a-f]{16}$/.test(version)) return undefined;
      const known = loaded.get(version);
      if (known) return known;
      const folder = join(kept, version);
      return existsSync(folder) ? remember(loadArtifact(folder, { version })) : undefined;
    },
  };
}

function keep(from: string, to: string): void {
  const aside = `${to}.part`;
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { recursive: true });
  for (const name of ['model.bin', 'model.json']) copyFileSync(join(from, name), join(aside, name));
  renameSync(aside, to);
}
