import { useQuery } from '@tanstack/react-query';
import { templatesQuery } from '../../api/desk.ts';
import { Choice } from '../../ui/field.tsx';

/** Puts the text of a template behind what is written. Nothing where there are none. */
export function TemplateChoice({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const { data = [] } = useQuery(templatesQuery());
  if (data.length === 0) return null;
  return (
    <Choice
      label="Insert a template"
      hidden
      value=""
      className="h-7 max-w-48 py-0 text-xs"
      onChange={(event) => {
        const chosen = data.find(({ id }) => id === event.target.value);
        if (chosen) onChange(value.trim() === '' ? chosen.text : `${value.trimEnd()}\n${chosen.text}`);
      }}
    >
      <option value="">Template…</option>
      {data.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </Choice>
  );
}
