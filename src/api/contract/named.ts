import { canonical } from '../../intake/canonical.ts';
import { LITERAL } from './documented.ts';
import { schemaNames } from './names.ts';

type Node = Record<string, unknown>;

/** Schemas that are another one and more: the document says so, instead of saying all of it again. */
const MORE_THAN: Readonly<Record<string, readonly string[]>> = {
  Decision: ['ScoredAnswer', 'Taken'],
  ScoredAnswer: ['Verdict'],
  IsoDecision: ['Decision'],
  Transaction: ['Verdict', 'Taken'],
  WebhookInput: ['WebhookChange'],
  Rule: ['RuleVersion'],
  ModelDetail: ['Model'],
  CardInput: ['PredictInput'],
  TraLedger: ['LedgerSpan'],
  SchemeLedger: ['LedgerSpan'],
  LabelRecorded: ['LabelVoice', 'Standing'],
  DisputeRecorded: ['Dispute', 'Standing'],
  EventRecorded: ['PaymentEvent', 'Standing'],
  RuleFigures: ['RuleHits'],
  RuleWindow: ['RuleHits'],
  RuleStatsOne: ['RuleStats'],
};

/** Where a schema is named in the document: what stands there while it is being made. */
export const NAMED = 'x-named';

export interface Named {
  /** By name, what was met so far, with names in the place of those within. */
  schemas: Readonly<Record<string, unknown>>;
  /** A documented schema with a name in the place of each schema that has one, itself included. */
  within(schema: unknown): unknown;
}

export function createNamed(): Named {
  const { exact, bare, schemas: known } = schemaNames();
  const schemas: Record<string, unknown> = {};
  function within(schema: unknown): unknown {
    if (Array.isArray(schema)) return schema.map(within);
    if (typeof schema !== 'object' || schema === null) return schema;
    const node = schema as Node;
    const name = exact.get(canonical(node));
    if (name !== undefined) return named(name, node);
    const { description, ...left } = node;
    const word = bare.get(canonical(left));
    if (word !== undefined) return { ...named(word, known.get(word)!), description };
    if (Array.isArray(node.type) && node.type[1] === 'null') {
      const plain = within({ ...node, type: node.type[0] }) as Node;
      if (NAMED in plain) return { anyOf: [plain, { type: 'null' }] };
    }
    const made = inside(node);
    const page = pageName(made);
    if (page === undefined) return made;
    schemas[page] ??= shortened(page, made);
    return { type: 'object', [NAMED]: page };
  }
  function named(name: string, node: Node): Node {
    schemas[name] ??= shortened(name, inside(node));
    return { type: 'object', [NAMED]: name };
  }
  /** Without what it has of the schema that it is more than. */
  function shortened(name: string, node: Node): Node {
    const bases = MORE_THAN[name] ?? (/Page$/.test(name) ? ['PageEnd'] : undefined);
    if (bases === undefined) return node;
    const references = bases.map((base) => named(base, known.get(base)!));
    const whole = node as unknown as Properties;
    const { description, ...own } = bases.reduce(
      (left, base) => without(left, inside(known.get(base)!) as unknown as Properties),
      whole,
    );
    const beyond = Object.keys(own.properties).length > 0 || own.required ? [own] : [];
    return { ...(description ? { description } : {}), allOf: [...references, ...beyond] };
  }
  const inside = (node: Node): Node =>
    Object.fromEntries(Object.entries(node).map(([key, value]) => [key, LITERAL.has(key) ? value : within(value)]));
  return { schemas, within };
}

interface Properties {
  description?: string;
  properties: Record<string, unknown>;
  required?: string[];
}

/** What `whole` has beyond `part`, all of which it has. */
function without({ properties, required = [], ...whole }: Properties, part: Properties): Properties {
  for (const [name, schema] of Object.entries(part.properties))
    if (canonical(properties[name] ?? null) !== canonical(schema))
      throw new Error(`${name} is another one: ${canonical(schema)}, not ${canonical(properties[name] ?? null)}`);
  for (const name of part.required ?? []) if (!required.includes(name)) throw new Error(`${name} is not required`);
  const beyond = (name: string) => !(name in part.properties);
  const needed = required.filter((name) => beyond(name) || !part.required?.includes(name));
  return {
    ...whole,
    properties: Object.fromEntries(Object.entries(properties).filter(([name]) => beyond(name))),
    ...(needed.length > 0 ? { required: needed } : {}),
  };
}

/** A page of what has a name. */
function pageName({ properties }: Node): string | undefined {
  const { data, hasMore } = (properties ?? {}) as Record<string, { items?: Record<string, string> } | undefined>;
  const item = hasMore && data?.items?.[NAMED];
  return item ? `${item}Page` : undefined;
}
