import type { RuleContent } from '../../api/policy.ts';
import { changes, textDiff } from './diff.ts';

/** What differs between two versions: what is gone is struck through, what is new is underlined. */
export function Difference({ before, after }: { before: RuleContent; after: RuleContent }) {
  const found = changes(before, after);
  if (found.length === 0) return <p className="text-muted">They say the same.</p>;
  return (
    <dl className="grid gap-2">
      {found.map(({ field, label, before: was, after: is }) => (
        <div key={field} className="min-w-0">
          <dt className="text-xs text-muted">{label}</dt>
          <dd
            className={`break-words whitespace-pre-wrap ${field === 'when' ? 'id rounded-md bg-sunken px-2.5 py-1.5' : ''}`}
          >
            {field === 'when' ? <Words before={was} after={is} /> : <Values before={was} after={is} />}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Values({ before, after }: { before: string; after: string }) {
  return (
    <>
      {before ? <Gone>{before}</Gone> : <span className="text-muted">nothing</span>}
      <span aria-hidden="true"> → </span>
      <span className="sr-only"> to </span>
      {after ? <New>{after}</New> : <span className="text-muted">nothing</span>}
    </>
  );
}

function Words({ before, after }: { before: string; after: string }) {
  return textDiff(before, after).map(({ text, kind }, i) => {
    const Piece = { gone: Gone, new: New, same: Same }[kind];
    // biome-ignore lint/suspicious/noArrayIndexKey: a piece is its place
    return <Piece key={i}>{text}</Piece>;
  });
}

const Gone = ({ children }: { children: string }) => (
  <del className="rounded-xs bg-decline-soft text-decline decoration-1">{children}</del>
);
const New = ({ children }: { children: string }) => (
  <ins className="rounded-xs bg-approve-soft text-approve decoration-1">{children}</ins>
);
const Same = ({ children }: { children: string }) => <span>{children}</span>;
