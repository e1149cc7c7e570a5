import { randomBytes } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { AssayError } from '../domain/errors.ts';
import { type ArtifactHead, type LoadedModel, loadArtifact } from './artifact.ts';

/**
 * The models of an installation. Every model that ever served is kept by its version, so that a decision can be explained
 * by the very model that made it, for as long as the journal lives.
 */
export interface Registry {
  /** The model of a directory, verified and kept with its report. Throws where it cannot be served. */
  admit(directory: string): LoadedModel;
  /** The same from an upload. */
  receive(upload: ModelUpload): LoadedModel;
  /** A kept model; undefined where it is not here. Throws `conflict` where it is damaged. */
  get(version: string): LoadedModel | undefined;
  /** The same, read from the disk and verified now. Throws `not_found` where it is not here. */
  verified(version: string): LoadedModel;
  has(version: string): boolean;
  /** A kept model as it would be uploaded. Throws `not_found` where it is not here. */
  upload(version: string): ModelUpload;
  /** Every kept model, by version; verified when first listed, and again where its files changed. */
  list(): Promise<KeptModel[]>;
  /** Undefined where the model came without one. Throws `not_found` for a model that is not here. */
  report(version: string, kind: 'json' | 'html'): string | undefined;
  hasReport(version: string, kind: 'json' | 'html'): boolean;
}

export interface KeptModel {
  version: string;
  /** Absent where the model is damaged. */
  head?: ArtifactHead;
  /** Why it cannot be served. */
  problem?: string;
}

export interface ModelUpload {
  /** What model.json holds. */
  model: Record<string, unknown>;
  /** What model.bin holds. */
  body: Uint8Array;
  report?: Record<string, unknown>;
  reportHtml?: string;
}

/** Loaded models held at once, besides those in use elsewhere. */
const LOADED = 8;
const REPORTS = { json: 'report.json', html: 'report.html' } as const;

export function openRegistry(kept: string): Registry {
  const loaded = new Map<string, LoadedModel>();
  const listed = new Map<string, { stamp: string; entry: KeptModel }>();
  const isVersion = (name: string) => /^[0-9a-f]{16}$/.test(name);
  const folderOf = (version: string) => join(kept, version);

  function remember(model: LoadedModel): LoadedModel {
    loaded.delete(model.version);
    loaded.set(model.version, model);
    if (loaded.size > LOADED) loaded.delete(loaded.keys().next().value!);
    return model;
  }

  function verified(version: string): LoadedModel {
    if (!isVersion(version) || !existsSync(folderOf(version)))
      throw new AssayError('not_found', `There is no model ${version}.`);
    try {
      return remember(loadArtifact(folderOf(version), { version }));
    } catch (error) {
      throw new AssayError('conflict', `Model ${version} is damaged: ${reasonOf(error)}.`);
    }
  }

  function admit(directory: string): LoadedModel {
    const model = loadArtifact(directory);
    // What is there and damaged is healed by a sound copy.
    if (!sound(folderOf(model.version), model.version)) keep(directory, folderOf(model.version));
    return remember(model);
  }

  /** Changes with the files. */
  function stampOf(version: string): string {
    const stamp = (name: string) => {
      const { mtimeMs, size } = statSync(join(folderOf(version), name));
      return `${mtimeMs}:${size}`;
    };
    try {
      return `${stamp('model.json')} ${stamp('model.bin')}`;
    } catch {
      return 'incomplete';
    }
  }

  function entryOf(version: string): KeptModel {
    try {
      return { version, head: loadArtifact(folderOf(version), { version }).head };
    } catch (error) {
      return { version, problem: reasonOf(error) };
    }
  }

  return {
    admit,
    verified,
    receive({ model, body, report, reportHtml }) {
      const aside = join(kept, `upload-${randomBytes(8).toString('hex')}.part`);
      mkdirSync(aside, { recursive: true });
      try {
        writeFileSync(join(aside, 'model.json'), JSON.stringify(model));
        writeFileSync(join(aside, 'model.bin'), body);
        if (report) writeFileSync(join(aside, REPORTS.json), JSON.stringify(report));
        if (reportHtml !== undefined) writeFileSync(join(aside, REPORTS.html), reportHtml);
        return admit(aside);
      } catch (error) {
        throw new AssayError('invalid_request', `This is no model that can be served: ${reasonOf(error)}.`);
      } finally {
        rmSync(aside, { recursive: true, force: true });
      }
    },
    get(version) {
      const known = loaded.get(version);
      if (known) return known;
      return isVersion(version) && existsSync(folderOf(version)) ? verified(version) : undefined;
    },
    has: (version) => isVersion(version) && existsSync(folderOf(version)),
    upload(version) {
      verified(version);
      const file = (name: string) => join(folderOf(version), name);
      const report = existsSync(file(REPORTS.json)) ? JSON.parse(readFileSync(file(REPORTS.json), 'utf8')) : undefined;
      return {
        model: JSON.parse(readFileSync(file('model.json'), 'utf8')),
        body: new Uint8Array(readFileSync(file('model.bin'))),
        ...(report ? { report } : {}),
        ...(existsSync(file(REPORTS.html)) ? { reportHtml: readFileSync(file(REPORTS.html), 'utf8') } : {}),
      };
    },
    async list() {
      const entries: KeptModel[] = [];
      const names = existsSync(kept) ? readdirSync(kept).filter(isVersion).sort() : [];
      for (const version of names) {
        const stamp = stampOf(version);
        let known = listed.get(version);
        if (known?.stamp !== stamp) {
          // Hashing a large model takes milliseconds: decisions come in between.
          await breathe();
          listed.set(version, (known = { stamp, entry: entryOf(version) }));
        }
        entries.push(known.entry);
      }
      return entries;
    },
    hasReport: (version, kind) => isVersion(version) && existsSync(join(folderOf(version), REPORTS[kind])),
    report(version, kind) {
      if (!isVersion(version) || !existsSync(folderOf(version)))
        throw new AssayError('not_found', `There is no model ${version}.`);
      const path = join(folderOf(version), REPORTS[kind]);
      return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
    },
  };
}

/** The reason without the machine's own paths. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text
    .replace(/^(?:no )?model in [^:]*: /, '')
    .replace(/(?:\/[^\s/:]+)+\/(model\.\w+)/g, '$1')
    .replace(/\.$/, '');
}

function sound(folder: string, version: string): boolean {
  if (!existsSync(folder)) return false;
  try {
    loadArtifact(folder, { version });
    return true;
  } catch {
    return false;
  }
}

function keep(from: string, to: string): void {
  const aside = `${to}.${process.pid}.part`;
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { recursive: true });
  for (const name of ['model.bin', 'model.json']) copyFileSync(join(from, name), join(aside, name));
  for (const name of Object.values(REPORTS))
    if (existsSync(join(from, name))) copyFileSync(join(from, name), join(aside, name));
  rmSync(to, { recursive: true, force: true });
  renameSync(aside, to);
}
