import type { ASTNode } from '@marcbachmann/cel-js';
import { canonicalAddress } from '../../domain/address.ts';
import { canonicalCountry } from '../../domain/countries.ts';
import { isCurrency } from '../../domain/currency.ts';
import { type Field, TRANSACTION_FIELDS } from '../../domain/fields.ts';
import { nearest } from '../../domain/nearest.ts';
import type { ListType } from '../../domain/policy.ts';
import type { Builder } from './builder.ts';
import { insideQuotes, literalText } from './literal.ts';
import { fieldOf, walk } from './tree.ts';

const EQUALITIES: readonly string[] = ['==', '!=', 'in'];

/** Fields whose values have one spelling, or few: beside another a comparison is never true, and nobody would see it. */
export function warnOfSpelling(builder: Builder, tree: ASTNode): void {
  for (const node of walk(tree)) {
    if (EQUALITIES.includes(node.op)) {
      const [left, right] = node.args as [ASTNode, ASTNode];
      for (const [field, other] of [[left, right] as const, [right, left] as const]) {
        const name = fieldOf(field);
        if (name !== undefined) for (const literal of literalsOf(other)) warnOf(builder, name, literal);
      }
    }
    if (node.op === 'call') warnOfList(builder, node);
  }
}

const literalsOf = (node: ASTNode): ASTNode[] =>
  node.op === 'list' ? (node.args as ASTNode[]) : literalText(node) === undefined ? [] : [node];

function warnOf(builder: Builder, name: string, node: ASTNode): void {
  const text = literalText(node);
  const field = (TRANSACTION_FIELDS as Readonly<Record<string, Field>>)[name];
  const wrong = text === undefined || !field ? undefined : misspelt(field, text);
  if (wrong === undefined) return;
  const { must, hint } = wrong;
  const meant = hint === undefined ? '' : ` Did you mean ${JSON.stringify(hint)}?`;
  builder.warn(insideQuotes(node), `tx.${name} is ${must}, so it is never ${JSON.stringify(text)}.${meant}`, hint);
}

function misspelt(
  { kind, choices, minimum, maximum }: Field,
  text: string,
): { must: string; hint?: string } | undefined {
  const hinted = (must: string, hint: string | undefined) => ({ must, ...(hint === undefined ? {} : { hint }) });
  switch (kind) {
    case 'choice':
      return choices!.includes(text) ? undefined : hinted(choices!.join(' or '), nearest(text, choices!));
    case 'country': {
      const code = canonicalCountry(text.toUpperCase());
      if (/^[A-Z]{2}$/.test(text))
        return code === text ? undefined : hinted(`read as ${code} where it is ${text}`, code);
      return hinted('a code of two capitals', /^[A-Z]{2}$/.test(code) ? code : undefined);
    }
    case 'currency': {
      if (isCurrency(text)) return undefined;
      if (/^[A-Z]{3}$/.test(text)) return { must: 'a code of ISO 4217' };
      return hinted('a code of three capitals', /^[a-z]{3}$/i.test(text) ? text.toUpperCase() : undefined);
    }
    case 'ip': {
      const address = canonicalAddress(text);
      return address === text ? undefined : hinted('an address in its one spelling', address);
    }
    case 'digits':
      return /^\d+$/.test(text) && text.length >= minimum! && text.length <= maximum!
        ? undefined
        : { must: minimum === maximum ? `${minimum} digits` : `${minimum} to ${maximum} digits` };
    default:
      return undefined;
  }
}

/** Lists whose values have a form, and the kinds of fields that can have it. */
const FORMED: Partial<Record<ListType, Field['kind']>> = {
  ...{ ip: 'ip', network: 'ip', country: 'country', bin: 'digits' },
  ...{ email: 'email', mailbox: 'email', emailDomain: 'email' },
};
/** Of people's own words anything may be. */
const OPEN: readonly Field['kind'][] = ['words', 'metadata'];

function warnOfList(builder: Builder, node: ASTNode): void {
  const [name, parts] = node.args as [string, ASTNode[]];
  if (name !== 'inList' || parts.length !== 2) return;
  const list = literalText(parts[0]);
  const type = list === undefined ? undefined : builder.environment.lists?.get(list);
  const kind = type && FORMED[type];
  const field = fieldOf(parts[1]);
  const known = field === undefined ? undefined : (TRANSACTION_FIELDS as Readonly<Record<string, Field>>)[field];
  if (kind === undefined || !known || known.kind === kind || OPEN.includes(known.kind)) return;
  builder.warn(
    parts[1],
    `List ${JSON.stringify(list)} is of type ${type}, and tx.${field} is none: it is in it never.`,
  );
}
