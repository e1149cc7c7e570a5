import { Field } from '../../ui/field.tsx';

/** Shares as people type them: percent, empty for none. */
export const shareOf = (text: string): number | null => (text.trim() === '' ? null : Number(text) / 100);
export const textOfShare = (share: number | null): string =>
  share === null ? '' : String(Number((share * 100).toPrecision(6)));

interface Texts {
  review: string;
  decline: string;
}

/** From which probability on a payment is reviewed and declined; two fields of a grid. */
export function ThresholdFields({
  values,
  placeholders,
  onChange,
}: {
  values: Texts;
  placeholders: Partial<Texts>;
  onChange: (change: Partial<Texts>) => void;
}) {
  const [review, decline] = [shareOf(values.review), shareOf(values.decline)];
  return (['review', 'decline'] as const).map((name) => (
    <Field
      key={name}
      label={`${name === 'review' ? 'Review' : 'Decline'} from, percent`}
      type="number"
      min={0}
      max={100}
      step="any"
      placeholder={placeholders[name]}
      value={values[name]}
      error={
        name === 'decline' && review !== null && decline !== null && review > decline
          ? 'must not be below review'
          : undefined
      }
      onChange={(event) => onChange({ [name]: event.target.value })}
    />
  ));
}
