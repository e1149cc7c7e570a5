/** XML as a tree of elements, for PMML: names without prefixes, no entities beyond XML's own. */
import { SaxesParser } from 'saxes';
import { refusal } from '../foreign.ts';

export interface Element {
  name: string;
  attributes: Record<string, string>;
  children: Element[];
  text: string;
}

/** Elements within each other at most. Trees of LightGBM nest deeply. */
const DEPTH_MOST = 4000;

export const pmmlRefusal = (what: string) => refusal('PMML', what);

/** The root element. Throws `invalid_request` where the text is not well-formed. */
export function parseXml(text: string): Element {
  const top: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [top];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw pmmlRefusal(`the file is not well-formed XML: ${error.message}`);
  });
  parser.on('opentag', ({ name, attributes }) => {
    if (open.length > DEPTH_MOST) throw pmmlRefusal(`elements lie more than ${DEPTH_MOST} deep`);
    const element = { name: name.replace(/^.*:/, ''), attributes, children: [], text: '' };
    // Extensions are for the tool that wrote them.
    if (element.name !== 'Extension') open.at(-1)!.children.push(element);
    open.push(element);
  });
  parser.on('text', (piece) => {
    open.at(-1)!.text += piece;
  });
  parser.on('closetag', () => {
    open.pop();
  });
  parser.write(text).close();
  return top.children[0];
}

export const child = (element: Element, name: string) => element.children.find((found) => found.name === name);
export const all = (element: Element, ...names: string[]) =>
  element.children.filter(({ name }) => names.includes(name));

/** An attribute that must be there. */
export function need(element: Element, attribute: string): string {
  const value = element.attributes[attribute];
  if (value === undefined) throw pmmlRefusal(`<${element.name}> lacks "${attribute}"`);
  return value;
}

/** An attribute that is a number; the default where it is absent. Infinity is written INF. */
export function numeric(element: Element, attribute: string, otherwise?: number): number {
  const text = element.attributes[attribute];
  if (text === undefined && otherwise !== undefined) return otherwise;
  const value = numberOf(need(element, attribute));
  if (Number.isNaN(value)) throw pmmlRefusal(`${attribute} "${text}" of <${element.name}> is no number`);
  return value;
}

/** A number, or true and false as 1 and 0; NaN for what is neither. */
export function numberOf(text: string): number {
  const plain = text.trim();
  if (plain === 'true') return 1;
  if (plain === 'false') return 0;
  const infinity = /^([+-]?)INF$/i.exec(plain);
  if (infinity) return infinity[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return plain === '' ? Number.NaN : Number(plain);
}

/** The values of <Array>, separated by blanks, quoted where they hold some. */
export function arrayOf(element: Element): string[] {
  const list = child(element, 'Array');
  if (!list) throw pmmlRefusal(`<${element.name}> lacks its Array`);
  return (list.text.match(/"(?:\\.|[^"\\])*"|\S+/g) ?? []).map((word) =>
    word.startsWith('"') ? word.slice(1, -1).replaceAll('\\"', '"') : word,
  );
}
