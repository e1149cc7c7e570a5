import { AssayError } from '../../../domain/errors.ts';
import { createOutage, reasonOf } from '../../../domain/outage.ts';
import type { KafkaLog } from '../options.ts';
import { unreadable } from './decoded.ts';

/** A schema as a registry by Confluent's API gives it. */
export interface Schema {
  type: 'AVRO' | 'PROTOBUF' | 'JSON';
  text: string;
  /** Those that it refers to by name, each before those that need it. */
  references: { name: string; text: string }[];
}

export interface Registry {
  /** By number, or by GUID. Throws `invalid_request` where it knows none such, `unavailable` where it is away. */
  schema(id: number | string): Promise<Schema>;
  /** Why it is away. */
  readonly problem: string | undefined;
}

export interface RegistryOptions {
  /** `https://user:password@host:port` */
  url: string;
  timeoutMs?: number;
  log?: KafkaLog | undefined;
}

interface Answer {
  schema: string;
  schemaType?: Schema['type'];
  references?: { name: string; subject: string; version: number }[];
}

/** What is not known yet may be registered a moment later. */
const FORGET_MS = 10_000;

export function createRegistry({ url, timeoutMs = 5_000, log }: RegistryOptions): Registry {
  const { username, password, origin, pathname } = new URL(url);
  const base = `${origin}${pathname.replace(/\/$/, '')}`;
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const headers = {
    accept: 'application/vnd.schemaregistry.v1+json, application/json',
    ...(username ? { authorization: `Basic ${btoa(credentials)}` } : {}),
  };
  const outage = createOutage((reason) => log?.warn({ reason }, 'the schema registry is away; its messages wait'));
  const known = new Map<number | string, Promise<Schema>>();

  async function ask(path: string): Promise<Answer | undefined> {
    let status = 0;
    try {
      const answer = await fetch(`${base}${path}`, { headers, signal: AbortSignal.timeout(timeoutMs) });
      status = answer.status;
      if (answer.ok) {
        const body = (await answer.json()) as Answer;
        if (typeof body.schema !== 'string') throw new Error('it answers something that is no schema');
        outage.mended();
        return body;
      }
      await answer.body?.cancel();
    } catch (error) {
      throw away(error);
    }
    if (status === 404) return undefined;
    throw away(
      new Error(status === 401 || status === 403 ? `it refuses the credentials (${status})` : `it answers ${status}`),
    );
  }

  function away(error: unknown): AssayError {
    outage.failed(error);
    return new AssayError('unavailable', `The schema registry is away: ${reasonOf(error)}.`, { retryAfterSeconds: 1 });
  }

  async function load(id: number | string): Promise<Schema> {
    const path = typeof id === 'number' ? `/schemas/ids/${id}` : `/schemas/guids/${id}`;
    const answer = await ask(path);
    if (!answer) throw unreadable(`The schema registry knows no schema ${id}.`);
    const references = new Map<string, string>();
    await addReferences(answer, references);
    return {
      ...{ type: answer.schemaType ?? 'AVRO', text: answer.schema },
      references: [...references].map(([name, text]) => ({ name, text })),
    };
  }

  async function addReferences({ references = [] }: Answer, all: Map<string, string>): Promise<void> {
    for (const { name, subject, version } of references) {
      if (all.has(name)) continue;
      const answer = await ask(`/subjects/${encodeURIComponent(subject)}/versions/${version}`);
      if (!answer)
        throw unreadable(
          `The schema registry does not know version ${version} of ${subject}, which a schema refers to.`,
        );
      await addReferences(answer, all);
      all.set(name, answer.schema);
    }
  }

  return {
    schema(id) {
      const found = known.get(id);
      if (found) return found;
      const loading = load(id);
      known.set(id, loading);
      loading.catch((error: AssayError) => {
        if (error.code === 'unavailable') known.delete(id);
        else setTimeout(() => known.delete(id), FORGET_MS).unref();
      });
      return loading;
    },
    get problem() {
      return outage.reason;
    },
  };
}
