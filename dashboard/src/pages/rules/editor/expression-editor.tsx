import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching } from '@codemirror/language';
import { type Diagnostic, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { Compartment, EditorState } from '@codemirror/state';
import { EditorView, keymap, placeholder } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import type { Issue } from '../../../api/policy.ts';
import { completer } from './completion.ts';
import { celLanguage } from './language.ts';
import { look } from './look.ts';
import { offsetOf } from './place.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface EditorProps {
  value: string;
  onChange: (value: string) => void;
  errors: readonly Issue[];
  warnings: readonly Issue[];
  vocabulary: Vocabulary;
  readOnly: boolean;
}

/**
 * Lives in a shadow tree: there its styles are constructed sheets, where in the document they would be a `<style>` element,
 * which the page's policy forbids.
 */
export default function ExpressionEditor({ value, onChange, errors, warnings, vocabulary, readOnly }: EditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const locked = useRef(new Compartment());
  const latest = useRef({ onChange, vocabulary });
  latest.current = { onChange, vocabulary };

  // biome-ignore lint/correctness/useExhaustiveDependencies: made once; what changes later is told to it below
  useEffect(() => {
    const root = host.current!.shadowRoot ?? host.current!.attachShadow({ mode: 'open', delegatesFocus: true });
    const made = new EditorView({
      ...{ root, parent: root },
      state: EditorState.create({
        doc: value,
        extensions: [
          ...[history(), bracketMatching(), closeBrackets(), celLanguage, look, EditorView.lineWrapping],
          autocompletion({ override: [completer(() => latest.current.vocabulary)], icons: false }),
          // Tab goes on to the next field, as everywhere on the page.
          keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap]),
          placeholder('distinct("device", "card", "1h") >= 4 && tx.amountBase < 20'),
          EditorView.contentAttributes.of({ 'aria-label': 'Expression', spellcheck: 'false', autocapitalize: 'off' }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange(update.state.doc.toString());
          }),
          locked.current.of(lock(readOnly)),
        ],
      }),
    });
    view.current = made;
    return () => made.destroy();
  }, []);

  useEffect(() => {
    const { state, dispatch } = view.current!;
    if (state.doc.toString() !== value)
      dispatch.call(view.current, { changes: { from: 0, to: state.doc.length, insert: value } });
  }, [value]);

  useEffect(() => view.current!.dispatch({ effects: locked.current.reconfigure(lock(readOnly)) }), [readOnly]);

  useEffect(() => {
    const text = view.current!.state.doc.toString();
    if (text !== value) return;
    const marks = [...errors.map(mark(text, 'error')), ...warnings.map(mark(text, 'warning'))];
    view.current!.dispatch(setDiagnostics(view.current!.state, marks));
  }, [errors, warnings, value]);

  return <div ref={host} className="min-w-0" />;
}

const lock = (readOnly: boolean) => [EditorState.readOnly.of(readOnly), EditorView.editable.of(!readOnly)];

const mark =
  (text: string, severity: 'error' | 'warning') =>
  ({ line, column, endLine, endColumn, message, suggestion }: Issue): Diagnostic => {
    const from = offsetOf(text, line, column);
    const to = Math.min(text.length, Math.max(offsetOf(text, endLine, endColumn), from));
    const write = (view: EditorView, start: number, end: number) =>
      view.dispatch({ changes: { from: start, to: end, insert: suggestion } });
    return {
      ...{ from, to, severity, message },
      ...(suggestion === undefined ? {} : { actions: [{ name: `Write ${suggestion}`, apply: write }] }),
    };
  };
