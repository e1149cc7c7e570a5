import { setImmediate as breathe } from 'node:timers/promises';
import { SaxesParser } from 'saxes';
import { AssayError } from '../../domain/errors.ts';
import type { Element } from './element.ts';

/** Characters between two looks at what else waits. */
const TURN_CHARS = 64 * 1024;
const MAX_DEPTH = 40;
/** A message of 1 MiB has some 700 payments of 40 elements; amounts have an attribute. */
const MAX_ELEMENTS = 40_000;
const MAX_ATTRIBUTES = 10_000;
const MAX_SPACE_CHARS = 100;

interface Open extends Element {
  children: Element[];
  attributes: Record<string, string>;
}

/** An XML text as elements, and the namespace of `Document`. */
export interface ReadXml {
  root: Element;
  space: string | undefined;
}

/**
 * Reads XML 1.0 in UTF-8. A document type is refused before anything of it is read: there are no entities but the five of XML, and
 * nothing is fetched. Throws `malformed_json` (400) with line and column.
 */
export function readXml(text: string): ReadXml {
  const { parser, end } = createReader();
  parser.write(text);
  return end();
}

/** The same in turns, so that others need not wait. */
export async function readXmlInTurns(text: string): Promise<ReadXml> {
  const { parser, end } = createReader();
  for (let from = 0; from < text.length; from += TURN_CHARS) {
    if (from > 0) await breathe();
    parser.write(text.slice(from, from + TURN_CHARS));
  }
  return end();
}

function createReader() {
  const parser = new SaxesParser({ xmlns: true });
  const open: Open[] = [];
  let root: Element | undefined;
  let space: string | undefined;
  let elements = 0;
  let attributes = 0;
  const refuse = (why: string): never => {
    throw new AssayError(
      'malformed_json',
      `The message cannot be read: ${why}, line ${parser.line}, column ${parser.column}.`,
    );
  };
  parser.on('error', (error) => refuse(error.message.replace(/^\d+:\d+: /, '').replace(/\.$/, '')));
  parser.on('doctype', () => refuse('a document type declaration is not accepted'));
  parser.on('attribute', () => {
    if (++attributes > MAX_ATTRIBUTES) refuse(`it has more than ${MAX_ATTRIBUTES} attributes`);
  });
  parser.on('opentag', ({ local, uri, attributes: given }) => {
    if (open.length >= MAX_DEPTH) refuse(`it is nested deeper than ${MAX_DEPTH} levels`);
    if (++elements > MAX_ELEMENTS) refuse(`it has more than ${MAX_ELEMENTS} elements`);
    // Beside the header or alone; what is of another namespace is told as what it is: no element of the message.
    if (local === 'Document' && open.length <= 1) space ??= uri;
    const name = space === undefined || uri === space ? local : `{${uri.slice(0, MAX_SPACE_CHARS)}}${local}`;
    const element: Open = { name, attributes: {}, text: '', children: [] };
    for (const { local: name, prefix, value } of Object.values(given))
      if (prefix === '' && name !== 'xmlns') element.attributes[name] = value;
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  });
  const add = (part: string) => {
    const here = open.at(-1);
    if (here) here.text += part;
  };
  parser.on('text', add);
  parser.on('cdata', add);
  parser.on('closetag', () => {
    open.pop();
  });
  // What says that it is of another encoding, and was read as UTF-8, is not what was sent.
  parser.on('xmldecl', ({ encoding }) => {
    if (encoding && !/^(utf-8|us-ascii)$/i.test(encoding)) refuse(`it says that it is ${encoding}; send UTF-8`);
  });
  const end = (): ReadXml => {
    parser.close();
    return root ? { root, space } : refuse('it is empty');
  };
  return { parser, end };
}
