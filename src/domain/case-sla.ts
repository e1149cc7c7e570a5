import { addWork, type OfficeHours } from './office-hours.ts';

/** How soon an alert is to be worked: the shortest time of those that fit it counts. */
export interface SlaStep {
  /** Absent: any alert. Amounts in major units of the base currency. */
  field?: 'score' | 'amount';
  from: number;
  withinMs: number;
}

const STEP = /^(?:(score|amount)\s*>=\s*(\d+(?:\.\d+)?)\s*:)?\s*(\d+)\s*(m|h|d)$/;
const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads `score>=90: 1h, amount>=1000: 4h, 1d`. Throws an Error that says what does not fit. */
export function parseSla(text: string): SlaStep[] {
  return text.split(',').map((part) => {
    const [, field, from, count, unit] = STEP.exec(part.trim()) ?? [];
    if (!count || Number(count) === 0)
      throw new Error(`${part.trim()} is not of the form score>=90:1h, amount>=1000:4h or 1d`);
    const withinMs = Number(count) * UNITS[unit as keyof typeof UNITS];
    return field === undefined
      ? { from: 0, withinMs }
      : { field: field as NonNullable<SlaStep['field']>, from: Number(from), withinMs };
  });
}

/** When an alert is due, milliseconds; undefined where no step fits. A day is 24 hours of work. */
export function dueOf(
  steps: readonly SlaStep[],
  hours: OfficeHours | undefined,
  alert: { at: number; score: number; amount: number },
): number | undefined {
  const fitting = steps.filter(({ field, from }) => field === undefined || alert[field] >= from);
  if (fitting.length === 0) return undefined;
  return addWork(hours, alert.at, Math.min(...fitting.map(({ withinMs }) => withinMs)));
}
