/** Numbers as the report's page says them. */
export const number = (value: number | undefined, digits = 3) =>
  value === undefined || !Number.isFinite(value) ? '–' : value.toFixed(digits);
export const whole = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 0 });
export const percent = (value: number, digits = 1) =>
  Number.isFinite(value) ? `${(100 * value).toFixed(digits)}%` : '–';
export const small = (value: number) => (Number.isFinite(value) ? Number(value.toPrecision(2)).toString() : '–');
