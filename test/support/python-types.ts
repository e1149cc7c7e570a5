import type { OpenApi, Operation, Schema } from './client-types.ts';

/**
 * The document as Python: a TypedDict for each object, and two classes whose `call` and `all` know each route by its name. What is
 * nested gets a name by where it is.
 */
export function pythonTypes({ paths, components }: OpenApi): string {
  const declared = new Map<string, string>();
  const types = typesOf(components, declared);
  for (const [name, schema] of Object.entries(components.schemas)) {
    const type = types.of(schema, name);
    if (!declared.has(name)) declared.set(name, `${name}: TypeAlias = ${quoted(type)}\n`);
  }
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => /^(get|post|put|delete)$/.test(method))
      .map(([method, operation]) => routeOf(`${method.toUpperCase()} ${path}`, operation)),
  );

  function routeOf(route: string, operation: Operation) {
    const base = route.replace(/[^A-Za-z0-9]+(\w)?/g, (_, letter = '') => letter.toUpperCase());
    const parameters = (operation.parameters ?? []).map((one) =>
      one.$ref ? { required: false, ...components.parameters![one.$ref.split('/').at(-1)!] } : one,
    );
    const dictOf = (where: string, suffix: string) => {
      const fields = parameters.filter((one) => one.in === where);
      if (fields.length === 0) return undefined;
      const properties = Object.fromEntries(fields.map((one) => [one.name, one.schema ?? {}]));
      const required = fields.filter((one) => one.required).map(({ name }) => name);
      return { type: types.of({ type: 'object', properties, required }, base + suffix), needed: required.length > 0 };
    };
    const body = operation.requestBody?.content['application/json']?.schema;
    const [success] = Object.keys(operation.responses)
      .filter((status) => /^2/.test(status))
      .sort();
    const told = operation.responses[success] as { $ref?: string; content?: Record<string, { schema?: Schema }> };
    const response = told?.$ref ? components.responses?.[told.$ref.split('/').at(-1)!] : told;
    const answer = response?.content?.['application/json']?.schema;
    const given = Object.entries({ path: dictOf('path', 'Path'), query: dictOf('query', 'Query') }).flatMap(
      ([name, dict]) => (dict ? [`${name}: ${dict.type}${dict.needed ? '' : ' | None = None'}`] : []),
    );
    const bodyType = body ? types.of(body, `${base}Body`) : 'Any';
    if (operation.requestBody) given.push(`body: ${bodyType}${operation.requestBody.required ? '' : ' | None = None'}`);
    if (route.startsWith('POST')) given.push('idempotency_key: str | None = None');
    const keywords = given.length > 0 ? `, *, ${given.join(', ')}` : '';
    return { route, keywords, answer: answer ? types.of(answer, `${base}Answer`) : 'Any', item: itemOf(answer) };
  }

  /** What a list is made of; others are told apart by having no next page. */
  function itemOf(answer: Schema | undefined): string | undefined {
    if (!answer) return undefined;
    const { data, nextCursor } = types.whole(answer).properties ?? {};
    return nextCursor && data?.items ? types.of(data.items, 'Item') : undefined;
  }

  const overloads = (name: 'call' | 'all', isAsync: boolean) => {
    const known = name === 'all' ? routes.filter(({ item }) => item) : routes;
    const def = name === 'call' && isAsync ? 'async def' : 'def';
    const iterator = isAsync ? 'AsyncIterator' : 'Iterator';
    return known.map(({ route, keywords, answer, item }) => {
      const result = name === 'all' ? `${iterator}[${item}]` : answer;
      return `    @overload\n    ${def} ${name}(self, route: Literal[${quoted(route)}]${keywords}) -> ${result}: ...\n`;
    });
  };
  const classOf = (name: string, isAsync: boolean) =>
    [
      `\n\nclass ${name}:\n    """Routes by their names in the document."""\n\n`,
      ...overloads('call', isAsync),
      isAsync
        ? '    async def call(self, route: str, **given: Any) -> Any:\n        return await self._ask(route, **given)\n\n'
        : '    def call(self, route: str, **given: Any) -> Any:\n        return self._ask(route, **given)\n\n',
      ...overloads('all', isAsync),
      `    def all(self, route: str, **given: Any) -> Any:\n        return self._pages(route, **given)\n\n`,
      `    ${isAsync ? 'async ' : ''}def _ask(self, route: str, **given: Any) -> Any:\n        raise NotImplementedError\n\n`,
      `    def _pages(self, route: str, **given: Any) -> Any:\n        raise NotImplementedError\n`,
    ].join('');
  return [
    '"""Written from /openapi.json before the wheel is built."""\n\n',
    'from __future__ import annotations\n\n',
    'from collections.abc import AsyncIterator, Iterator\n',
    'from typing import Any, Literal, NotRequired, TypeAlias, TypedDict, overload\n\n',
    ...declared.values(),
    classOf('Routes', false),
    classOf('AsyncRoutes', true),
  ].join('');
}

function typesOf(components: OpenApi['components'], declared: Map<string, string>) {
  function of(schema: Schema, name: string): string {
    if (schema.$ref) return schema.$ref.split('/').at(-1)!;
    if ('const' in schema) return literal([schema.const]);
    if (schema.enum) return literal(schema.enum);
    const any = schema.anyOf ?? schema.oneOf;
    if (any) return union(any.map((one, i) => of(one, `${name}${i || ''}`)));
    if (schema.allOf) return dict(whole(schema), name);
    if (Array.isArray(schema.type)) return union(schema.type.map((type) => of({ ...schema, type }, name)));
    switch (schema.type) {
      case 'string':
        return 'str';
      case 'boolean':
        return 'bool';
      case 'null':
        return 'None';
      case 'integer':
        return 'int';
      case 'number':
        return 'float';
      case 'array':
        return `list[${of(schema.items ?? {}, `${name}Item`)}]`;
    }
    return schema.type === 'object' || schema.properties ? dict(schema, name) : 'Any';
  }

  function dict(schema: Schema, name: string): string {
    const { properties = {}, required = [], additionalProperties: rest, patternProperties } = schema;
    const values = patternProperties
      ? Object.values(patternProperties)[0]
      : typeof rest === 'object'
        ? rest
        : undefined;
    if (Object.keys(properties).length === 0) return `dict[str, ${values ? of(values, `${name}Value`) : 'Any'}]`;
    const fields = Object.entries(properties).map(([field, one]) => {
      const type = of(one, name + field[0].toUpperCase() + field.slice(1).replace(/\W/g, ''));
      return `    ${quoted(field)}: ${quoted(required.includes(field) ? type : `NotRequired[${type}]`)},\n`;
    });
    declared.set(name, `${name} = TypedDict(${quoted(name)}, {\n${fields.join('')}})\n`);
    return name;
  }

  /** With all of its parts. */
  function whole(schema: Schema): Schema {
    if (schema.$ref) return whole(components.schemas[schema.$ref.split('/').at(-1)!]);
    if (!schema.allOf) return schema;
    const all = [...schema.allOf.map(whole), { ...schema, allOf: undefined }];
    return {
      type: 'object',
      properties: Object.assign({}, ...all.map(({ properties }) => properties ?? {})),
      required: all.flatMap(({ required = [] }) => required),
    };
  }
  return { of, whole };
}

const quoted = (text: string) => JSON.stringify(text);
const union = (types: string[]) => [...new Set(types)].join(' | ');
const literal = (values: unknown[]) =>
  union([
    `Literal[${values
      .filter((value) => value !== null)
      .map((value) => (typeof value === 'boolean' ? (value ? 'True' : 'False') : JSON.stringify(value)))
      .join(', ')}]`,
    ...(values.includes(null) ? ['None'] : []),
  ]);
