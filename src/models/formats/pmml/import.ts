/** Reads which of a PMML file's numbers is fraud, and tries it once. */
import { KEPT_ALL } from '../foreign.ts';
import { fraudPlace } from '../fraud-class.ts';
import type { ImportedPart, ImportRequest, OnnxOptions } from '../import-request.ts';
import { medianOf } from '../medians.ts';
import { type PmmlModel, readPmml } from './model.ts';
import { type PmmlHead, pmmlFunction, tried } from './scorer.ts';
import { pmmlRefusal } from './xml.ts';

type Served = NonNullable<ImportRequest['served']>;

/** `place` turns the file's names into what is served and where each lies. Throws `invalid_request`. */
export function importPmml(
  body: Uint8Array,
  options: OnnxOptions & { names?: string[] },
  place: (names: string[]) => { served: Served; places: Int32Array },
): { served: Served; part: ImportedPart } {
  const file = readPmml(new TextDecoder().decode(body));
  const names = options.names ?? file.names;
  if (names.length !== file.names.length) {
    throw pmmlRefusal(`${names.length} names were given for ${file.names.length} fields`);
  }
  const { served, places } = place(names);
  const lacking = names.filter((_, i) => places[i] < 0);
  if (lacking.length > 0)
    throw pmmlRefusal(`the model needs features that are not served: ${lacking.join(', ')}${KEPT_ALL}`);
  const features = served.features.length;
  const meaning = meaningOf(file, options);
  const head: PmmlHead = {
    format: 1,
    features,
    places: [...places],
    ...meaning.head,
    fill: new Array<number | null>(features).fill(options.fill ?? null),
    reference: served.statistics.map(medianOf),
  };
  const notes = [...meaning.notes, ...settle(head, body)];
  if (/forest/i.test(file.algorithm ?? '')) {
    notes.push(
      'A forest that was trained on missing values loses them in PMML unless it was exported with allow_missing.',
    );
  }
  return {
    served,
    part: {
      kind: 'pmml',
      model: head as unknown as Record<string, unknown>,
      body,
      calibration: { kind: 'none' },
      options: { application: file.application, algorithm: file.algorithm, form: head.form },
      notes,
    },
  };
}

function meaningOf({ classes, detects }: PmmlModel, { fraudClass, form, calibrated }: OnnxOptions) {
  if (classes.length > 0) {
    const fraud = fraudPlace(classes, fraudClass, 'PMML');
    const note = `Fraud is the class "${classes[fraud]}"; the other is "${classes[1 - fraud]}".`;
    return { head: { fraud, form: 'probability' as const, negate: false }, notes: [note] };
  }
  if (fraudClass !== undefined && fraudClass !== 'low' && fraudClass !== 'high') {
    throw pmmlRefusal(`it gives a score without classes: --fraud-class is low or high, not "${fraudClass}"`);
  }
  if ((form === undefined || form === 'margin') && !calibrated) {
    throw pmmlRefusal(
      'it gives a score, not a probability: --calibrate rows.csv fits what it means to rows with labels; --output-form says if it is one',
    );
  }
  const negate = fraudClass === 'low';
  const note = detects
    ? `It detects outliers: its score is scikit-learn's decision function with the other sign${negate ? ', turned round again as asked for' : ''}.`
    : `It gives a score without classes: ${negate ? 'low' : 'high'} scores are taken for fraud.`;
  return { head: { fraud: 0, form: form === 'probability' ? form : ('log-odds' as const), negate }, notes: [note] };
}

/** Finds out whether missing values get a score, and a row that explanations may compare with. */
function settle(head: PmmlHead, body: Uint8Array): string[] {
  const notes: string[] = [];
  const whole = () => pmmlFunction(head, body);
  if (
    head.fill.every((value) => value === null) &&
    tried(whole(), new Float64Array(head.features).fill(Number.NaN)) === null
  ) {
    head.fill = head.reference.map((value) => value ?? 0);
    notes.push(
      'The file gives no score where values are missing: each is replaced by the median, or by 0 where it is not known.',
    );
  }
  const evaluate = whole();
  const rows = [head.reference, ...[1, 0.5, 10, 100, -1].map((x) => head.reference.map(() => x))];
  const reference = rows.find(
    (row) =>
      tried(
        evaluate,
        Float64Array.from(row, (value) => value ?? Number.NaN),
      ) !== null,
  );
  if (!reference)
    throw pmmlRefusal('it gives no score for any row that was tried: --like a model whose medians are valid values');
  head.reference = reference;
  return notes;
}
