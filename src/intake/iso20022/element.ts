/** An element of a message, however it was written. */
export interface Element {
  name: string;
  /** Those without a prefix. */
  attributes: Readonly<Record<string, string>>;
  /** Its own text; of a leaf, its value. */
  text: string;
  children: readonly Element[];
}

/** The first element at a path such as `PmtId/UETR`. */
export function at(element: Element | undefined, path: string): Element | undefined {
  let here = element;
  for (const name of path.split('/')) here = here?.children.find((child) => child.name === name);
  return here;
}

export const all = (element: Element | undefined, name: string): Element[] =>
  element?.children.filter((child) => child.name === name) ?? [];

/** The text at the first of some paths that has any. */
export function textAt(element: Element | undefined, ...paths: string[]): string | undefined {
  for (const path of paths) {
    const text = at(element, path)?.text.trim();
    if (text) return text;
  }
  return undefined;
}

export interface Message {
  /** Such as `pacs.008.001.08`. */
  name: string;
  /** The element within `Document`. */
  body: Element;
  /** Its path. */
  path: string;
  warnings: string[];
}

/** Of the message's own header. */
export const header = ({ body }: Message): Element | undefined => at(body, 'GrpHdr');
