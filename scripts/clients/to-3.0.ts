import { readFileSync } from 'node:fs';

// Reads the document (OpenAPI 3.1) of a file and writes it in the words of 3.0, which are all that oapi-codegen reads:
// null is `nullable`, bounds are not exclusive, and what 3.0 does not know (webhooks, conditions) is left out.

type Schema = Record<string, unknown>;
const isNull = (schema: unknown) => (schema as Schema)?.type === 'null';

function lowered(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(lowered);
  if (typeof node !== 'object' || node === null) return node;
  const { if: _, then: __, else: ___, ...rest } = node as Schema;
  const made = Object.fromEntries(Object.entries(rest).map(([name, inner]) => [name, lowered(inner)])) as Schema;
  if (Array.isArray(made.type)) {
    const types = made.type.filter((type) => type !== 'null');
    if (types.length < made.type.length) made.nullable = true;
    if (types.length === 1) made.type = types[0];
    else delete made.type;
  }
  for (const union of ['anyOf', 'oneOf']) {
    const choices = made[union];
    if (!Array.isArray(choices) || !choices.some(isNull)) continue;
    made.nullable = true;
    made[union] = choices.filter((choice) => !isNull(choice));
  }
  if (typeof made.exclusiveMinimum === 'number') {
    made.minimum = made.exclusiveMinimum;
    made.exclusiveMinimum = true;
  }
  if (made.const !== undefined && typeof made.const !== 'object') {
    made.enum = [made.const];
    delete made.const;
  }
  return made;
}

const { webhooks: _, ...document } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
process.stdout.write(JSON.stringify({ ...(lowered(document) as Schema), openapi: '3.0.3' }));
