/** A schema of JSON Schema, as far as our document uses it. */
export interface Schema {
  $ref?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  type?: string | string[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  patternProperties?: Record<string, Schema>;
}

export interface Operation {
  parameters?: { name: string; in: string; required?: boolean; schema?: Schema; $ref?: string }[];
  requestBody?: { required?: boolean; content: Record<string, { schema?: Schema }> };
  responses: Record<string, { content?: Record<string, { schema?: Schema }> }>;
}

export interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, Schema>;
    parameters?: Record<string, { name: string; in: string; schema?: Schema }>;
    responses?: Record<string, { content?: Record<string, { schema?: Schema }> }>;
  };
}

/** The document as TypeScript: each named schema, and a table of operations by `METHOD /path`. */
export function clientTypes({ paths, components }: OpenApi): string {
  const named = Object.entries(components.schemas).map(
    ([name, schema]) => `export type ${name} = ${typeOf(schema)};\n`,
  );
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => /^(get|post|put|delete)$/.test(method))
      .map(([method, operation]) => `  '${method.toUpperCase()} ${path}': ${operationOf(operation, components)};\n`),
  );
  return [
    '/** Written from /openapi.json when the package is built. */\n',
    ...named,
    `\nexport interface Operations {\n${operations.join('')}}\n`,
  ].join('');
}

function operationOf(operation: Operation, components: OpenApi['components']): string {
  const parameters = (operation.parameters ?? []).map((one) =>
    one.$ref ? { required: false, ...components.parameters![one.$ref.split('/').at(-1)!] } : one,
  );
  const of = (where: string) => {
    const fields = parameters.filter((one) => one.in === where);
    const all = fields.map((one) => `${key(one.name)}${one.required ? '' : '?'}: ${typeOf(one.schema ?? {})}`);
    return fields.length === 0 ? 'undefined' : `{ ${all.join('; ')} }`;
  };
  const body = operation.requestBody?.content['application/json']?.schema;
  const success = Object.keys(operation.responses)
    .filter((status) => /^2/.test(status))
    .sort()[0];
  const told = operation.responses[success] as
    | { $ref?: string; content?: Record<string, { schema?: Schema }> }
    | undefined;
  const response = told?.$ref ? components.responses?.[told.$ref.split('/').at(-1)!] : told;
  const answer = response?.content?.['application/json']?.schema;
  return `{ path: ${of('path')}; query: ${of('query')}; body: ${body ? typeOf(body) : operation.requestBody ? 'unknown' : 'undefined'}; answer: ${answer ? typeOf(answer) : 'unknown'} }`;
}

function typeOf(schema: Schema): string {
  if (schema.$ref) return schema.$ref.split('/').at(-1)!;
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const any = schema.anyOf ?? schema.oneOf;
  if (any) return `(${[...new Set(any.map(typeOf))].join(' | ')})`;
  if (schema.allOf) return `(${schema.allOf.map(typeOf).join(' & ')})`;
  if (Array.isArray(schema.type)) return `(${schema.type.map((type) => typeOf({ ...schema, type })).join(' | ')})`;
  switch (schema.type) {
    case 'string':
    case 'boolean':
    case 'null':
      return schema.type;
    case 'number':
    case 'integer':
      return 'number';
    case 'array':
      return `${typeOf(schema.items ?? {})}[]`;
    case 'object':
      return objectOf(schema);
  }
  return schema.properties ? objectOf(schema) : 'unknown';
}

function objectOf({ properties, required = [], additionalProperties: rest, patternProperties }: Schema): string {
  const values = patternProperties ? Object.values(patternProperties)[0] : typeof rest === 'object' ? rest : {};
  if (!properties || Object.keys(properties).length === 0) return `Record<string, ${typeOf(values)}>`;
  const fields = Object.entries(properties).map(
    ([name, schema]) => `${key(name)}${required.includes(name) ? '' : '?'}: ${typeOf(schema)}`,
  );
  return `{ ${fields.join('; ')} }`;
}

const key = (name: string) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));
