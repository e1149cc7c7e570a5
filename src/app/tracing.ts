import {
  context,
  type Link,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { AssayError } from '../domain/errors.ts';
import type { DecisionData } from '../domain/records.ts';
import type { Engine } from '../engine/engine.ts';
import type { Journal, JournalRecord } from '../journal/journal.ts';
import type { QueryStore } from '../projections/store.ts';

/** An SDK that was loaded before Assay, by `node --import`; without one everything here is handed back as it came. */
export const isTraced = () => propagation.fields().length > 0;
const tracer = () => trace.getTracer('assay');
/** Of the records of one batch: what SDKs keep where nobody says otherwise. */
const MAX_LINKS = 128;

/** A span around each decision and intake. */
export function tracedEngine<T extends Engine>(engine: T): T {
  if (!isTraced()) return engine;
  const around =
    <A extends unknown[], R>(name: string, work: (...args: A) => Promise<R>, recordOf: (result: R) => JournalRecord) =>
    (...args: A) =>
      tracer().startActiveSpan(name, async (span) => {
        try {
          const result = await work(...args);
          describe(span, recordOf(result));
          return result;
        } catch (error) {
          span.setStatus({ code: SpanStatusCode.ERROR, message: codeOf(error) });
          throw error;
        } finally {
          span.end();
        }
      });
  const { settle } = engine as Partial<{ settle(submission: unknown): Promise<JournalRecord> }>;
  return Object.assign(Object.create(engine) as T, {
    decide: around('decide', engine.decide, ({ record }) => record),
    accept: around('accept', engine.accept, ({ record }) => record),
    ...(settle ? { settle: around('decide', settle, (record) => record) } : {}),
  });
}

function describe(span: Span, record: JournalRecord): void {
  span.setAttribute('assay.record.type', record.type);
  if (record.type !== 'decision') return;
  const { transaction, decision } = record.data as unknown as DecisionData;
  span.setAttribute('assay.transaction.id', transaction.id);
  span.setAttribute('assay.decision', decision.decision);
  if (decision.degraded) span.setAttribute('assay.degraded', true);
}

/** A span around each append to a journal on this machine; its record carries it to those who follow. */
export function tracedJournal(journal: Journal): Journal {
  if (!isTraced()) return journal;
  return Object.assign(Object.create(journal) as Journal, {
    enqueue(entry: Parameters<Journal['enqueue']>[0]) {
      const span = tracer().startSpan('append', { kind: SpanKind.PRODUCER });
      span.setAttribute('assay.record.type', entry.type);
      const carrier: Record<string, string> = {};
      propagation.inject(trace.setSpan(context.active(), span), carrier);
      try {
        const appended = journal.enqueue(entry);
        appended.record.trace = carrier;
        const end = () => span.end();
        appended.durable.then(end, end);
        return appended;
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR, message: codeOf(error) }).end();
        throw error;
      }
    },
  });
}

/**
 * A span for each batch until the database holds it, linked to what appended its records: one span, however often it is tried while
 * another process applies the same.
 */
export function tracedStore(store: QueryStore): QueryStore {
  if (!isTraced()) return store;
  const spans = new WeakMap<JournalRecord[], Span>();
  return Object.assign(Object.create(store) as QueryStore, {
    async apply(records: JournalRecord[]) {
      const span = spans.get(records) ?? startProject(records);
      spans.set(records, span);
      try {
        const reached = await context.with(trace.setSpan(context.active(), span), () => store.apply(records));
        if (reached >= records[records.length - 1].sequence) span.end();
        return reached;
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR, message: codeOf(error) }).end();
        throw error;
      }
    },
  });
}

function startProject(records: JournalRecord[]): Span {
  const links = records.flatMap(({ trace: carrier }): Link[] => {
    const from = carrier && trace.getSpanContext(propagation.extract(context.active(), carrier));
    return from && from.traceFlags & TraceFlags.SAMPLED ? [{ context: from }] : [];
  });
  const attributes = { 'messaging.batch.message_count': records.length };
  return tracer().startSpan('project', {
    kind: SpanKind.CONSUMER,
    attributes,
    links: links.slice(0, MAX_LINKS),
    root: true,
  });
}

/** Never an error's words: they quote. */
function codeOf(error: unknown): string {
  return error instanceof AssayError ? error.code : 'internal';
}
