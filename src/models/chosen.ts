import { existsSync, readFileSync, statSync } from 'node:fs';
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
  const named = version !== undefined && /^[\w.-]+$/.test(version) ? join(folder, version) : undefined;
  const among = named !== undefined && existsSync(join(named, 'model.json'));
  const directory = among ? named : folder;
  const model = loadArtifact(directory);
  if (version !== undefined && !among && model.version !== version)
    throw new AssayError('not_found', `there is no version ${version} here, only ${model.version}`);
  return { model, trainedAt: trainedAt(directory) };
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
