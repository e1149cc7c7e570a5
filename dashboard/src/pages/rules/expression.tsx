import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { type Check, checkQuery } from '../../api/policy.ts';
import { useSettled } from '../../lib/use-settled.ts';
import { useVocabulary } from './editor/vocabulary.ts';
import { Problems } from './problems.tsx';
import { useRights } from './rights.ts';

/** A chunk of its own: whoever writes no rule loads no editor. */
const ExpressionEditor = lazy(() => import('./editor/expression-editor.tsx'));

const CHECK_AFTER_MS = 250;
const NONE: never[] = [];

/** The check of this very text; undefined while it is asked, or where this key may not ask. */
export function useCheck(when: string): { check: Check | undefined; error: Error | null } {
  const { draft } = useRights();
  const settled = useSettled(when, CHECK_AFTER_MS);
  const { data, error } = useQuery({ ...checkQuery(settled), enabled: draft && settled.trim() !== '', retry: false });
  return { check: settled === when ? data : undefined, error };
}

interface Props {
  value: string;
  onChange: (when: string) => void;
  check: Check | undefined;
  failed: Error | null;
  readOnly: boolean;
}

export function Expression({ value, onChange, check, failed, readOnly }: Props) {
  const vocabulary = useVocabulary();
  const wrong = check !== undefined && !check.ok;
  return (
    <div className="grid min-w-0 gap-2">
      <div
        className={`overflow-clip rounded-[7px] border focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-info ${wrong ? 'border-decline' : 'border-edge'}`}
      >
        <Suspense fallback={<div className="skeleton h-28" />}>
          <ExpressionEditor
            {...{ value, onChange, vocabulary, readOnly }}
            errors={check?.errors ?? NONE}
            warnings={check?.warnings ?? NONE}
          />
        </Suspense>
      </div>
      {failed ? (
        <p role="alert" className="text-xs text-decline">
          It could not be checked: {failed.message}
        </p>
      ) : readOnly && !check ? null : (
        <Problems when={value} check={check} onChange={onChange} />
      )}
    </div>
  );
}
