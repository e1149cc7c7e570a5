import { canonical } from '../intake/canonical.ts';
import { PROBLEMS, problems } from './contract/common.ts';
import { documented, LITERAL } from './contract/documented.ts';
import { createNamed, NAMED } from './contract/names.ts';

type Node = Record<string, unknown>;

/** A refusal that says something of the operation itself; the others may come from any, and are its `default`. */
const TOLD = ['404'];

export interface Shared {
  /** A route's documented schema with the names of what has one. */
  route<T>(schema: T): T;
  /** The whole document, made of such, with its `components`. */
  document(made: object): object;
}

/**
 * Says once what the document repeats: schemas under their names, refusals by status, parameters of lists. It is the document
 * alone; what validates is left as it is.
 */
export function createShared(): Shared {
  const named = createNamed();
  const parameters: Node = {};
  const uses = new Map<string, number>();
  const shared = new Map<string, string>();

  const referring = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(referring);
    if (typeof value !== 'object' || value === null) return value;
    if (NAMED in value) return { $ref: `#/components/schemas/${value[NAMED]}` };
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, LITERAL.has(key) ? inner : referring(inner)]),
    );
  };

  function operation({ responses: answers, parameters: given, ...node }: Node, kind: string): Node {
    // Any operation may be refused, by its query if by nothing else.
    const told = Object.entries(answers as Record<string, Node>).filter(
      ([status, answer]) => TOLD.includes(status) || !isProblem(answer),
    );
    return {
      ...(referring(node) as Node),
      ...(given ? { parameters: (given as Node[]).map(parameter) } : {}),
      responses: {
        ...Object.fromEntries(told.map(([status, answer]) => [status, response(status, answer)])),
        ...(kind === 'webhook' ? {} : { default: { $ref: '#/components/responses/Refused' } }),
      },
    };
  }

  function response(status: string, answer: Node): unknown {
    if (status === '204' || !answer.content) return { description: answer.description };
    return isProblem(answer) ? { $ref: `#/components/responses/${PROBLEMS[Number(status)].name}` } : referring(answer);
  }

  /** One that more than one operation has stands once among the components. */
  function parameter({ required, ...rest }: Node): unknown {
    const node = required ? { ...rest, required } : rest;
    const text = canonical(node);
    if ((uses.get(text) ?? 0) < 2) return node;
    let name = shared.get(text);
    if (name === undefined) {
      const plain = String(node.name).replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
      const others = Object.keys(parameters).filter((known) => known.replace(/\d+$/, '') === plain).length;
      name = others === 0 ? plain : `${plain}${others + 1}`;
      shared.set(text, name);
      parameters[name] = node;
    }
    return { $ref: `#/components/parameters/${name}` };
  }

  const each = (items: unknown, kind?: 'webhook') =>
    Object.fromEntries(
      Object.entries((items ?? {}) as Record<string, Record<string, Node>>).map(([path, methods]) => [
        path,
        Object.fromEntries(Object.entries(methods).map(([method, node]) => [method, operation(node, kind ?? method)])),
      ]),
    );

  return {
    route: (schema) => named.within(schema) as typeof schema,
    document(made) {
      const { paths, webhooks, components, ...rest } = made as Record<string, Node>;
      for (const { parameters: given } of Object.values(paths).flatMap((methods) =>
        Object.values(methods as Node),
      ) as Node[])
        for (const node of (given ?? []) as Node[]) {
          const text = canonical(node.required ? node : { ...node, required: undefined });
          uses.set(text, (uses.get(text) ?? 0) + 1);
        }
      const shown = { ...rest, paths: each(paths), webhooks: each(named.within(webhooks), 'webhook') };
      const responses = referring(named.within(documented(refusals()))) as Node;
      const schemas = referring(named.schemas) as Node;
      return { ...shown, components: { ...components, schemas: sorted(schemas), responses, parameters } };
    },
  };
}

function sorted(items: Node): Node {
  return Object.fromEntries(Object.entries(items).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isProblem({ content }: Node): boolean {
  return 'application/problem+json' in ((content ?? {}) as Node);
}

/** `NotFound`, and `Refused` for all the others. */
function refusals(): Node {
  const others = Object.entries(PROBLEMS).filter(([status]) => !TOLD.includes(status));
  const says = others.map(([status, { says }]) => `${status}: ${says}`).join('. ');
  return {
    ...Object.fromEntries(TOLD.map((status) => [PROBLEMS[Number(status)].name, problems(Number(status))[status]])),
    Refused: { ...(problems(400)[400] as Node), description: `${says}.` },
  };
}
