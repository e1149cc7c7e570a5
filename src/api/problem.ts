import type { FastifyReply, FastifyRequest } from 'fastify';
import { maskCardNumbers } from '../domain/cards.ts';
import { AssayError, type ErrorCode, type FieldError } from '../domain/errors.ts';
import { named } from './log-requests.ts';
import { vary } from './vary.ts';

/** The one place where an error code becomes an HTTP answer. */
const STATUS: Record<ErrorCode, [status: number, title: string]> = {
  malformed_json: [400, 'The body cannot be read'],
  invalid_request: [422, 'The request does not fit'],
  card_number: [422, 'A card number is not taken here'],
  rule_invalid: [422, 'The rule does not check'],
  unauthenticated: [401, 'A valid API key is needed'],
  forbidden: [403, 'Not allowed'],
  not_found: [404, 'Not found'],
  gone: [410, 'No longer kept'],
  method_not_allowed: [405, 'Method not allowed'],
  conflict: [409, 'Conflict'],
  idempotency_conflict: [409, 'The Idempotency-Key was used with another body'],
  processing: [409, 'Still processing'],
  declined: [409, 'The transaction was declined'],
  too_large: [413, 'Too large'],
  unsupported_media_type: [415, 'Unsupported media type'],
  rate_limited: [429, 'Too many requests'],
  unavailable: [503, 'Not available now'],
  internal: [500, 'Something went wrong here'],
};

/** RFC 9457. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  errors?: FieldError[];
  requestId: string;
}

export function problemOf(error: AssayError, requestId: string): Problem {
  return problem(error.code, error.message, requestId, error.errors);
}

/** `status` only where the code's own does not say it, as with faults of HTTP itself. */
export function problem(
  code: ErrorCode,
  detail: string,
  requestId: string,
  errors?: FieldError[],
  status = STATUS[code][0],
): Problem {
  const title = STATUS[code][1];
  // A parser repeats what it was given, and answers are logged by those who get them.
  const body: Problem = {
    type: `urn:assay:problem:${code}`,
    title,
    status,
    code,
    detail: maskCardNumbers(detail),
    requestId,
  };
  if (errors) body.errors = errors.map((fault) => ({ ...fault, message: maskCardNumbers(fault.message) }));
  return body;
}

/** A command's error, kept by the projection as code and detail, as the error it is. */
export function errorOf(kept: { code: string; detail: string }): AssayError {
  return new AssayError(kept.code in STATUS ? (kept.code as ErrorCode) : 'internal', kept.detail);
}

/** Expected errors as they are, Fastify's own under our codes; anything else is a bug and says nothing of itself. */
export function asAssayError(error: unknown): AssayError {
  if (error instanceof AssayError) return error;
  const { statusCode, code, message } = error as { statusCode?: number; code?: string; message?: string };
  switch (code) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new AssayError('unsupported_media_type', 'Send the body as Content-Type: application/json.');
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new AssayError('too_large', 'The body is larger than this route takes.');
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new AssayError('not_found', 'This path is not a valid address here.');
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return new AssayError('malformed_json', message ?? 'The body cannot be read.');
  }
  if (statusCode === 404) return new AssayError('not_found', 'There is nothing here.');
  if (statusCode === 413) return new AssayError('too_large', 'The body is larger than this route takes.');
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return new AssayError('malformed_json', 'The request cannot be read.');
  return new AssayError('internal', 'Something went wrong here; the server has logged it under the request id.');
}

export function sendProblem(request: FastifyRequest, reply: FastifyReply, thrown: unknown): FastifyReply {
  const error = asAssayError(thrown);
  if (error.code === 'internal') request.log.error({ err: thrown, ...named(request) }, 'unexpected error');
  else if (error.cause !== undefined) request.log.error({ err: error.cause, ...named(request) }, error.message);
  if (error.code === 'unauthenticated')
    vary(reply.header('www-authenticate', 'Bearer realm="assay", charset="UTF-8"'), 'Authorization');
  if (error.retryAfterSeconds !== undefined || error.code === 'unavailable')
    reply.header('retry-after', String(Math.max(1, Math.ceil(error.retryAfterSeconds ?? 1))));
  const body = problemOf(error, request.id);
  return reply
    .code(body.status)
    .serializer(JSON.stringify)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .send(body);
}
