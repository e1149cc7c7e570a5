import { context, propagation, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';

/**
 * The trace context of W3C in the headers of Kafka's records, by OpenTelemetry's API alone: without an SDK in the process nothing
 * is made, and what others put there passes through.
 */
export type Carrier = Readonly<Record<string, string>>;

/** Whether an SDK is there: without one there is no field to carry. */
const isOn = () => propagation.fields().length > 0;
const tracer = () => trace.getTracer('assay');

/** The headers of the present context; none where nobody traces. */
export function traceHeaders(): Carrier | undefined {
  if (!isOn()) return undefined;
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  return carrier;
}

/** Appending a record: begun now, in the headers of the record, ended when it is settled. */
export function traceAppend(type: string, durable: Promise<void>): Carrier | undefined {
  if (!isOn()) return undefined;
  const attributes = { 'messaging.system': 'kafka', 'assay.record.type': type };
  const span = tracer().startSpan('append', { kind: SpanKind.PRODUCER, attributes });
  durable.then(
    () => span.end(),
    (error) => fail(span, error),
  );
  const carrier: Record<string, string> = {};
  propagation.inject(trace.setSpan(context.active(), span), carrier);
  return carrier;
}

/** Works on a message in the context that its headers carry. */
export function traceMessage<T>(
  topic: string,
  message: { partition: number; offset: number; headers: Carrier },
  work: () => Promise<T>,
): Promise<T> {
  if (!isOn()) return work();
  const parent = propagation.extract(context.active(), message.headers);
  const attributes = {
    ...{ 'messaging.system': 'kafka', 'messaging.destination.name': topic },
    'messaging.destination.partition.id': String(message.partition),
    'messaging.kafka.offset': message.offset,
  };
  const span = tracer().startSpan('process', { kind: SpanKind.CONSUMER, attributes }, parent);
  return context.with(trace.setSpan(parent, span), work).then(
    (result) => {
      span.end();
      return result;
    },
    (error) => {
      fail(span, error);
      throw error;
    },
  );
}

function fail(span: Span, error: unknown): void {
  span.setStatus({ code: SpanStatusCode.ERROR, message: (error as { code?: string }).code ?? 'internal' });
  span.end();
}
