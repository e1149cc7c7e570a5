import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AssayError } from '../domain/errors.ts';
import { type LoadedModel, loadArtifact } from './artifact.ts';

export interface ChosenModel {
  model: LoadedModel;
  /** RFC 3339: what its report says, else when its file was written. */
  trainedAt: string;
}

/**
 * The model at `path`: a folder of one, a file in such a folder, or a folder of several by name. `version` says which of
 * several, by folder's name or content address, and what a single one must be. Throws where there is none such.
 */
export function chooseModel(path: string, version: string | undefined): ChosenModel {
  const folder = existsSync(path) && statSync(path).isFile() ? dirname(path) : path;
  const named = version === undefined ? undefined : folderOf(folder, version);
  const directory = named ?? folder;
  const model = loadArtifact(directory);
  if (version !== undefined && named === undefined && model.version !== version)
    throw new AssayError('not_found', `there is no version ${version} here, only ${model.version}`);
  return { model, trainedAt: trainedAt(directory) };
}

/** The folder of that name, else the one whose model has that content address; undefined where there is neither. */
function folderOf(folder: string, version: string): string | undefined {
  const holds = (name: string) => existsSync(join(folder, name, 'model.json'));
  if (/^[\w.-]+$/.test(version) && holds(version)) return join(folder, version);
  if (existsSync(join(folder, 'model.json')) || !existsSync(folder)) return undefined;
  const several = readdirSync(folder).filter(holds).sort();
  const found = several.find((name) => versionIn(join(folder, name)) === version);
  return found === undefined ? undefined : join(folder, found);
}

/** What the head says, unverified: loading it verifies. */
function versionIn(directory: string): unknown {
  try {
    return (JSON.parse(readFileSync(join(directory, 'model.json'), 'utf8')) as { version?: unknown }).version;
  } catch {
    return undefined;
  }
}

function trainedAt(directory: string): string {
  try {
    const { trainedAt } = JSON.parse(readFileSync(join(directory, 'report.json'), 'utf8')) as { trainedAt?: unknown };
    if (typeof trainedAt === 'string') return trainedAt;
  } catch {
    // Without a readable report, the file's own time is the nearest thing.
  }
  return statSync(join(directory, 'model.json')).mtime.toISOString();
}
