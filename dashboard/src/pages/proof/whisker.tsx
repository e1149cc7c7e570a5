import type { Estimate } from '../../api/proof.ts';

interface Props {
  estimate: Estimate | null | undefined;
  /** The right end of the scale; the left one is 0. */
  most: number;
  color: string;
  /** The same in words. */
  says: string;
}

/** A value with its interval as a bar, and its outer bounds as a line, from 0 to the most. */
export function Whisker({ estimate, most, color, says }: Props) {
  const at = (value: number) => Math.min(100, Math.max(0, (value / most) * 100));
  const span = (from: number, to: number) => ({ left: `${at(from)}%`, width: `${Math.max(0.5, at(to) - at(from))}%` });
  const { value = null, interval = null, low = null, high = null } = estimate ?? {};
  return (
    <div role="img" aria-label={says} className="relative h-5 min-w-0 rounded bg-sunken">
      {low !== null && high !== null && (
        <span className="absolute top-1/2 h-px -translate-y-1/2" style={{ ...span(low, high), background: color }} />
      )}
      {interval && (
        <span
          className="absolute top-1/2 h-2 -translate-y-1/2 rounded-full opacity-45"
          style={{ ...span(...interval), background: color }}
        />
      )}
      {value !== null && (
        <span
          className="absolute top-1/2 size-2.5 -translate-1/2 rounded-full ring-2 ring-surface"
          style={{ left: `${at(value)}%`, background: color }}
        />
      )}
    </div>
  );
}
