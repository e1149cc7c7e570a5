import {
  type Completion,
  type CompletionContext,
  type CompletionResult,
  snippetCompletion,
} from '@codemirror/autocomplete';
import {
  ENTITIES,
  FUNCTION_WORDS,
  HAPPENINGS,
  INPUTS,
  METHODS,
  type Vocabulary,
  WINDOWS,
  type Word,
} from './vocabulary.ts';

/** What the arguments of a call are, by place. */
const ARGUMENTS: Record<string, readonly ('entity' | 'counterpart' | 'window' | 'happening' | 'list')[]> = {
  count: ['entity', 'window', 'happening'],
  sum: ['entity', 'window'],
  mean: ['entity', 'window'],
  max: ['entity', 'window'],
  distinct: ['entity', 'counterpart', 'window'],
  sinceLast: ['entity'],
  isFirst: ['entity', 'counterpart'],
  frauds: ['entity', 'window'],
  km: ['entity'],
  inList: ['list'],
};
const COUNTERPARTS = [...ENTITIES, 'country', 'category', 'channel', 'location'];

const option =
  (type: string, boost = 0) =>
  ({ name, detail, info }: Word): Completion => ({
    ...{ label: name, type, boost },
    ...(detail ? { detail } : {}),
    ...(info ? { info } : {}),
  });
const words = (names: readonly string[]): Word[] => names.map((name) => ({ name }));
const functions: Completion[] = Object.entries(FUNCTION_WORDS).map(([name, { form, info }]) =>
  snippetCompletion(name + form, { label: name, type: 'function', detail: form.replace(/#\{([^}]*)\}/g, '$1'), info }),
);

/** Completes names where the language has them: fields, features, functions, and what the arguments of a call may be. */
export function completer(vocabulary: () => Vocabulary) {
  return (context: CompletionContext): CompletionResult | null => {
    const line = context.state.doc.sliceString(Math.max(0, context.pos - 400), context.pos);
    const quoted = argumentAt(line);
    if (quoted) {
      const options = optionsOf(quoted.kind, vocabulary());
      return { from: context.pos - quoted.typed.length, options, validFor: /^[\w.-]*$/ };
    }
    if (insideText(line)) return null;
    const member = /\b(tx|features|model)\.(\w*)$/.exec(line);
    if (member) {
      const { fields, features } = vocabulary();
      const options = {
        tx: fields.map(option('property')),
        features: features.map(option('variable')),
        model: words(['name', 'version']).map(option('property')),
      }[member[1] as 'tx'];
      return { from: context.pos - member[2].length, options, validFor: /^\w*$/ };
    }
    const method = /[\w)"\]]\.(\w*)$/.exec(line);
    if (method)
      return { from: context.pos - method[1].length, options: words(METHODS).map(option('method')), validFor: /^\w*$/ };
    const word = /[A-Za-z_]\w*$/.exec(line)?.[0] ?? '';
    if (word === '' && !context.explicit) return null;
    return {
      from: context.pos - word.length,
      options: [...INPUTS.map(option('variable', 1)), ...functions],
      validFor: /^\w*$/,
    };
  };
}

/** What the text in quotes before the cursor is an argument of. */
function argumentAt(
  line: string,
): { kind: 'entity' | 'counterpart' | 'window' | 'happening' | 'list'; typed: string } | undefined {
  const found = /\b(\w+)\(\s*((?:"[^"]*"\s*,\s*)*)"([\w.-]*)$/.exec(line);
  if (!found) return undefined;
  const kind = ARGUMENTS[found[1]]?.[found[2].split(',').length - 1];
  return kind && { kind, typed: found[3] };
}

/** Whether an odd number of quotes is open. */
const insideText = (line: string): boolean => (line.match(/(?<!\\)"/g)?.length ?? 0) % 2 === 1;

function optionsOf(kind: string, { lists }: Vocabulary): Completion[] {
  if (kind === 'list') return lists.map(option('constant'));
  const names = { entity: ENTITIES, counterpart: COUNTERPARTS, window: WINDOWS, happening: HAPPENINGS }[kind] ?? [];
  return words(names).map((word, i) => ({ ...option('constant')(word), boost: -i }));
}
