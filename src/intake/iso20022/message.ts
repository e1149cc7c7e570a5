import type { AssayError, FieldError } from '../../domain/errors.ts';
import { nearest } from '../../domain/nearest.ts';
import { refusal } from '../faults.ts';
import { isObject } from '../values.ts';
import { all, type Message } from './element.ts';
import { elementOf } from './json.ts';
import { sumFaults } from './sums.ts';
import { MESSAGES } from './tables.generated.ts';
import { validate } from './validate.ts';
import { type ReadXml, readXml, readXmlInTurns } from './xml.ts';

const SPACE = 'urn:iso:std:iso:20022:tech:xsd:';
const NAMES = Object.keys(MESSAGES);

/** A message in XML, valid by its schema and by what schemas cannot say. Throws `malformed_json` (400) or `invalid_request` (422). */
export const readXmlMessage = (text: string): Message => messageOf(readXml(text));

/** The same in turns. */
export const readXmlMessageInTurns = async (text: string) => messageOf(await readXmlInTurns(text));

function messageOf({ root, space }: ReadXml): Message {
  // Within a business message the header stands beside it.
  const [document, more] = root.name === 'Document' ? [root] : all(root, 'Document');
  if (!document || more || space === undefined)
    throw refusal([{ path: `/${root.name}`, message: 'must be Document, or hold one beside its header' }]);
  if (!space.startsWith(SPACE)) throw unknownName(space, `Its namespace must begin with ${SPACE}`);
  const name = space.slice(SPACE.length);
  const [body, second] = document.children;
  if (!Object.hasOwn(MESSAGES, name)) throw unknownName(name, 'Read are');
  const [element, type] = MESSAGES[name];
  const path = `/Document/${element}`;
  if (body?.name !== element || second !== undefined)
    throw refusal([{ path, message: `is required, and stands alone in a Document of ${name}` }]);
  const errors: FieldError[] = [];
  validate(body, type, path, errors);
  return checked({ name, body, path, warnings: [] }, errors);
}

const ENVELOPE: readonly string[] = ['Document', 'BusMsg', 'AppHdr'];

/** The same in JSON: `{"Document": {"@xmlns": …, "FIToFICstmrCdtTrf": {…}}}`. Without a namespace it is of the newest version that fits. */
export function readJsonMessage(value: unknown): Message {
  const document = isObject(value)
    ? (value.Document ?? (value.BusMsg as { Document?: unknown } | undefined)?.Document)
    : undefined;
  if (!isObject(document)) throw refusal([{ path: '/Document', message: 'is required' }]);
  const strange = Object.keys(value as object).filter((name) => !ENVELOPE.includes(name));
  const beside =
    strange.length > 0
      ? [
          `Not part of a message, and left out: ${strange
            .map((name) => JSON.stringify(name.slice(0, 40)))
            .slice(0, 10)
            .join(', ')}.`,
        ]
      : [];
  const { '@xmlns': at, xmlns = at, ...rest } = document;
  const [element, ...others] = Object.keys(rest).filter((key) => !key.startsWith('@'));
  if (element === undefined || others.length > 0)
    throw refusal([{ path: '/Document', message: 'must hold the message, and nothing else' }]);
  if (typeof xmlns !== 'string' && (xmlns ?? undefined) !== undefined)
    throw refusal([{ path: '/Document/@xmlns', message: 'must be a string' }]);
  const known = typeof xmlns === 'string' ? xmlns.replace(SPACE, '') : undefined;
  if (known !== undefined && MESSAGES[known]?.[0] !== element) throw unknownName(known, `With ${element} may stand`);
  const candidates = known === undefined ? NAMES.filter((name) => MESSAGES[name][0] === element).reverse() : [known];
  if (candidates.length === 0) {
    const meant = nearest(element, new Set(Object.values(MESSAGES).map(([name]) => name)));
    const message = `is no message that is read here${meant ? `; did you mean ${meant}?` : ''}`;
    throw refusal([{ path: `/Document/${element}`, message }]);
  }
  let faults: FieldError[] | undefined;
  for (const name of candidates) {
    const [, type] = MESSAGES[name];
    const path = `/Document/${element}`;
    const body = elementOf(element, rest[element], type);
    const errors: FieldError[] = [];
    validate(body, type, path, errors);
    const warnings = [
      ...(known === undefined
        ? [`The message names no version: it was read as ${name}, the newest that it fits.`]
        : []),
      ...beside,
    ];
    if (errors.length === 0) return checked({ name, body, path, warnings }, errors);
    faults ??= errors;
  }
  throw refusal(faults!);
}

function checked(message: Message, errors: FieldError[]): Message {
  if (errors.length === 0) errors.push(...sumFaults(message));
  if (errors.length > 0) throw refusal(errors);
  return message;
}

function unknownName(name: string, says: string): AssayError {
  return refusal([
    { path: '/Document/@xmlns', message: `is ${name.slice(0, 100) || 'missing'}. ${says} ${NAMES.join(', ')}` },
  ]);
}
