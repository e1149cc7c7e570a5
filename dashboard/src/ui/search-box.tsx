import { Search } from 'lucide-react';

/** What a list is narrowed by, as it is typed. `width` is a class; a phone's width is used whole. */
export function SearchBox(props: {
  label: string;
  placeholder: string;
  value: string;
  width: string;
  onChange: (text: string) => void;
}) {
  return (
    <div className="relative max-sm:w-full">
      <Search className="pointer-events-none absolute top-1/2 left-2.5 size-3.5 -translate-y-1/2 text-muted" />
      <input
        type="search"
        aria-label={props.label}
        placeholder={props.placeholder}
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
        className={`control ${props.width} pl-8 max-sm:w-full`}
      />
    </div>
  );
}
