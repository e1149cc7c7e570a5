import { useQuery } from '@tanstack/react-query';
import type { CaseResolution } from '../../api/cases.ts';
import { reasonsQuery, reasonWords } from '../../api/desk.ts';
import { Choice } from '../../ui/field.tsx';

interface Props {
  resolution: CaseResolution;
  value: string | undefined;
  onChange: (reason: string | undefined) => void;
}

/** Why it is so, of the words that this resolution has; what statistics count by. */
export function ReasonChoice({ resolution, value, onChange }: Props) {
  const { data = [] } = useQuery(reasonsQuery());
  const words = data.filter((one) => one.resolution === undefined || one.resolution === resolution);
  if (words.length === 0) return null;
  return (
    <Choice
      label="Reason (optional)"
      className="w-full"
      value={words.some(({ word }) => word === value) ? value : ''}
      onChange={(event) => onChange(event.target.value || undefined)}
    >
      <option value="">None</option>
      {words.map(({ word }) => (
        <option key={word} value={word}>
          {reasonWords(word)}
        </option>
      ))}
    </Choice>
  );
}

/** The reason as it may be sent: one of another resolution is none. */
export function useReason(): (resolution: CaseResolution, reason: string | undefined) => string | undefined {
  const { data = [] } = useQuery(reasonsQuery());
  return (resolution, reason) =>
    data.some((one) => one.word === reason && (one.resolution ?? resolution) === resolution) ? reason : undefined;
}
