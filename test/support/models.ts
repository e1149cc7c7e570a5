import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultModelDir } from '../../src/cli/paths.ts';
import { type ArtifactHead, loadArtifact, saveArtifact } from '../../src/models/artifact.ts';

/** The shipped model changed a little, so that it is another version; returns that. */
export function variantModel(directory: string, change: (head: ArtifactHead) => ArtifactHead): string {
  const { head } = loadArtifact(defaultModelDir);
  const body = readFileSync(join(defaultModelDir, 'model.bin'));
  mkdirSync(directory, { recursive: true });
  return saveArtifact(directory, change(structuredClone(head)), body);
}

/** One whose probabilities are higher throughout, and which flags more. */
export function stricterModel(directory: string): string {
  return variantModel(directory, (head) => ({
    ...head,
    name: 'stricter',
    calibration: { kind: 'platt', slope: 1, intercept: 7 },
    thresholds: { review: 0.03, decline: 0.5 },
  }));
}

/** What `POST /api/models` takes. */
export function upload(directory: string) {
  return {
    model: JSON.parse(readFileSync(join(directory, 'model.json'), 'utf8')),
    body: readFileSync(join(directory, 'model.bin')).toString('base64'),
  };
}

/** Changes one byte of a file. */
export function tamper(path: string, at = 1000): void {
  const bytes = readFileSync(path);
  bytes[at] ^= 1;
  writeFileSync(path, bytes);
}
