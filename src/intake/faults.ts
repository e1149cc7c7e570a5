import { AssayError, type FieldError } from '../domain/errors.ts';

/** Faults told of one body: as many as a transaction has fields; who sends more has other troubles. */
export const MAX_FAULTS = 40;

export function need(errors: FieldError[], path: string, message: string | undefined): void {
  if (message !== undefined) errors.push({ path, message });
}

/** The first faults in one line. */
export function summary(errors: FieldError[]): string {
  const said = errors.slice(0, 3).map(({ path, message }) => `${path || 'The body'} ${message}`);
  return `${said.join('; ')}${errors.length > 3 ? `; and ${errors.length - 3} more` : ''}.`;
}

/** `more`: what else is to be said of the body, such as the names that it has and no field has. */
export function refusal(errors: FieldError[], more?: string): AssayError {
  const detail = more === undefined ? summary(errors) : `${summary(errors)} ${more}`;
  return new AssayError('invalid_request', detail, { errors: errors.slice(0, MAX_FAULTS) });
}

/** A refusal of its own, whatever else is wrong with the body. */
export const isCardNumber = (error: unknown): error is AssayError =>
  error instanceof AssayError && error.code === 'card_number';

/** The refusal with all that is wrong. */
export const withFaults = ({ code, message }: AssayError, errors: FieldError[]): AssayError =>
  new AssayError(code, message, { errors: errors.slice(0, MAX_FAULTS) });

/** The faults of a body that was refused. What else was thrown goes on, and so does a card number, which is a refusal of its own. */
export function faultsOf(error: unknown): FieldError[] {
  if (error instanceof AssayError && error.code === 'invalid_request' && error.errors !== undefined)
    return error.errors;
  throw error;
}
