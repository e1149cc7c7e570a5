import { canonical } from '../intake/canonical.ts';
import { PROBLEMS, problems } from './contract/common.ts';
import { documented, LITERAL } from './contract/documented.ts';
import { createNamed, NAMED } from './contract/named.ts';

type Node = Record<string, unknown>;

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
  const parameters = createRepeated('parameters');
  const responses = createRepeated('responses');

  const referring = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(referring);
    if (typeof value !== 'object' || value === null) return value;
    if (NAMED in value) {
      const { [NAMED]: name, description } = value as Node;
      return { $ref: `#/components/schemas/${name}`, ...(description === undefined ? {} : { description }) };
    }
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, LITERAL.has(key) ? inner : referring(inner)]),
    );
  };

  function operation(
    { responses: answers, parameters: given, 'x-may-lack-body': mayLackBody, ...node }: Node,
    kind: string,
  ): Node {
    if (mayLackBody) delete (node.requestBody as Node).required;
    // Any operation may be refused, by its query if by nothing else: that is its `default`.
    const told = Object.entries(answers as Record<string, Node>).filter(([, answer]) => !isProblem(answer));
    return {
      ...(referring(node) as Node),
      ...(given ? { parameters: (given as Node[]).map(parameter) } : {}),
      responses: {
        ...Object.fromEntries(told.map(([status, answer]) => [status, response(status, answer)])),
        ...(kind === 'webhook' ? {} : { default: { $ref: '#/components/responses/Fault' } }),
      },
    };
  }

  function response(status: string, answer: Node): Node {
    if (status === '204' || !answer.content) return { description: answer.description };
    const [{ schema }] = Object.values(answer.content as Record<string, { schema: Node }>);
    // Its one header is told once, of all lists.
    const { headers: _, ...rest } = answer;
    return responses.once(referring(rest) as Node, String(schema[NAMED] ?? answer.description));
  }

  function parameter({ required, schema, ...rest }: Node): Node {
    const { default: standard, ...plain } = schema as Node;
    const within = referring(named.within(plain)) as Node;
    // What a name says by itself is not said again.
    const known = named.schemas[String(within.$ref).split('/').at(-1)!] as Node | undefined;
    if (known?.description === rest.description) delete rest.description;
    const shown = { ...within, ...(standard === undefined ? {} : { default: standard }) };
    const node = { ...rest, schema: shown, ...(required ? { required } : {}) };
    // Nearly every operation refers to it.
    if (String(rest.name).toLowerCase() === 'idempotency-key') return parameters.once(node, 'Once');
    const name = String(rest.name).replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
    return parameters.once(node, name);
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
      // What stands there more than once is known only when all of it has been seen.
      each(paths);
      for (const repeated of [parameters, responses]) repeated.counted();
      const shown = { ...rest, paths: each(paths), webhooks: each(named.within(webhooks), 'webhook') };
      const refused = referring(named.within(documented(refusals()))) as Node;
      const schemas = sorted(referring(named.schemas) as Node);
      const shared = { parameters: parameters.shared, responses: { ...refused, ...responses.shared } };
      return { ...shown, components: { ...components, schemas, ...shared } };
    },
  };
}

interface Repeated {
  /** By name, what stands in more than one place. */
  shared: Node;
  /** Called with every node twice over: first it counts them, then `counted`, it gives a reference to what is shared. */
  once(node: Node, name: string): Node;
  counted(): void;
}

function createRepeated(kind: string): Repeated {
  const shared: Node = {};
  const uses = new Map<string, number>();
  const names = new Map<string, string>();
  let counting = true;
  const called = (text: string, plain: string, node: Node) => {
    const known = names.get(text);
    if (known !== undefined) return known;
    const others = Object.keys(shared).filter((name) => name.replace(/\d+$/, '') === plain).length;
    const name = others === 0 ? plain : `${plain}${others + 1}`;
    names.set(text, name);
    shared[name] = node;
    return name;
  };
  return {
    shared,
    counted: () => {
      counting = false;
    },
    once(node, plain) {
      const text = canonical(node);
      if (counting) uses.set(text, (uses.get(text) ?? 0) + 1);
      return counting || uses.get(text) === 1 ? node : { $ref: `#/components/${kind}/${called(text, plain, node)}` };
    },
  };
}

function sorted(items: Node): Node {
  return Object.fromEntries(Object.entries(items).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isProblem({ content }: Node): boolean {
  return 'application/problem+json' in ((content ?? {}) as Node);
}

/** What every refusal is. */
function refusals(): Node {
  const says = Object.entries(PROBLEMS).map(([status, says]) => `${status}: ${says}`);
  return { Fault: { ...(problems(400)[400] as Node), description: `${says.join('. ')}.` } };
}
