import type { ErrorCode } from '../../domain/errors.ts';
import type { CommandAnswer } from '../../projections/command-answer.ts';

export function refusal(status: number, code: ErrorCode, detail: string): CommandAnswer {
  return { status, error: { code, detail } };
}
