import { isUtf8 } from 'node:buffer';
import { maskCardNumbers } from '../../domain/cards.ts';
import { AssayError } from '../../domain/errors.ts';
import type { GroupOptions } from './group.ts';
import type { Layout } from './layout.ts';
import type { KafkaOptions } from './options.ts';
import { createOutbox, type Message, type Outbox } from './outbox.ts';
import { partitionOf } from './partition.ts';
import { consumeRaw, type RawConsumer, type RawConsumerOptions } from './raw-consumer.ts';
import type { RawMessage } from './raw-message.ts';
import { ensureTopics } from './topics.ts';
import { traceHeaders } from './trace.ts';

export interface RawTopic {
  /** Hands a transaction to the workers; resolves when it is replicated. `key` is the user's id. Rejects `unavailable`. */
  send(message: { key: string; value: string | Buffer; headers?: Record<string, string> }): Promise<void>;
  /**
   * Puts a message into transactions.dead, as it was, with the reason in its headers; without its value where that is too large to be
   * copied (`assay-value-bytes` says so).
   */
  bury(message: RawMessage, error: unknown): Promise<void>;
  consume(options: RawConsumerOptions): RawConsumer;
  stats(): { produceErrors: number; pendingBytes: number; healthy: boolean };
  /** Consumers are closed before, by whoever opened them. */
  close(): Promise<void>;
}

/** The way in of a fleet: transactions.raw, and transactions.dead for what of it could not be read. */
export async function openRawTopic(options: KafkaOptions & GroupOptions): Promise<RawTopic> {
  const layout = await ensureTopics(options);
  const outbox = createOutbox(options, 'raw');
  const bury = (message: RawMessage, error: unknown) => buryIn(outbox, layout, message, error);
  return {
    async send({ key, value, headers = {} }) {
      const bytes = Buffer.from(key);
      const partition = partitionOf(bytes, layout.raw.at.length);
      await outbox.send(
        layout.names.raw,
        partition,
        messageOf(bytes, Buffer.from(value), pairsOf({ ...headers, ...traceHeaders() })),
      );
    },
    bury,
    consume: (consumer) => consumeRaw({ ...options, ...consumer }, layout, bury),
    stats: () => ({ produceErrors: outbox.errors, pendingBytes: outbox.pendingBytes, healthy: outbox.healthy }),
    close: () => outbox.close(),
  };
}

const MOST_REASON = 4_000;
const MOST_KEY_BYTES = 4_000;

async function buryIn(outbox: Outbox, layout: Layout, message: RawMessage, error: unknown): Promise<void> {
  const { value, partition, offset, timestamp } = message;
  const { key, headers } = message.record;
  const known = error instanceof AssayError ? error : undefined;
  const reason: Record<string, string> = {
    'assay-reason': maskCardNumbers(error instanceof Error ? error.message : String(error)).slice(0, MOST_REASON),
    'assay-code': known?.code ?? 'internal',
    'assay-topic': layout.names.raw,
    'assay-partition': String(partition),
    'assay-offset': String(offset),
    'assay-timestamp': String(timestamp),
  };
  const errors: Record<string, string> = known?.errors ? { 'assay-errors': JSON.stringify(known.errors) } : {};
  const put = (own: Buffer | null, body: Buffer, ...all: [Buffer, Buffer][]) =>
    outbox.send(layout.names.dead, 0, messageOf(own, body, all));
  const nothing = Buffer.alloc(0);
  const sent = headers.map(([name, text]): [Buffer, Buffer] => [name ?? nothing, text ?? nothing]);
  try {
    await put(key, kept(value, known), ...sent, ...pairsOf({ ...errors, ...reason }));
  } catch (tooLarge) {
    if (!(tooLarge instanceof AssayError) || tooLarge.code !== 'too_large') throw tooLarge;
    // With the reason it would be larger than any message may be: its value stays where it came from.
    const short = key && key.length <= MOST_KEY_BYTES ? key : null;
    await put(short, nothing, ...pairsOf({ ...reason, 'assay-value-bytes': String(value.length) }));
  }
}

/** The value as it was; without the card number for which it was refused, or that stands in what could not be read. */
function kept(value: Buffer, error: AssayError | undefined): Buffer {
  if (error?.code !== 'card_number' && error?.code !== 'malformed_json') return value;
  // A binary framing stays what it is around the digits.
  const encoding = isUtf8(value) ? 'utf8' : 'latin1';
  const text = value.toString(encoding);
  const masked = maskCardNumbers(text);
  return masked === text ? value : Buffer.from(masked, encoding);
}

const pairsOf = (headers: Record<string, string>) =>
  Object.entries(headers).map(([name, text]): [Buffer, Buffer] => [Buffer.from(name), Buffer.from(text)]);

function messageOf(key: Buffer | null, value: Buffer, pairs: [Buffer, Buffer][]): Message {
  const bytes = pairs.reduce((sum, [name, text]) => sum + name.length + text.length + 4, value.length + 64);
  return { key, value, headers: pairs, bytes: bytes + (key?.length ?? 0) };
}
