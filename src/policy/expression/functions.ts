/** Every function and method that the language has; what is not here is refused by its name. */
export const VELOCITY = ['count', 'sum', 'mean', 'max', 'distinct', 'sinceLast', 'isFirst', 'frauds', 'km'] as const;
export type VelocityName = (typeof VELOCITY)[number];
export const CONVERSIONS = ['double', 'int', 'string', 'timestamp', 'duration'] as const;
export const TEXT_METHODS = [
  'contains',
  'startsWith',
  'endsWith',
  'matches',
  'lowerAscii',
  'upperAscii',
  'trim',
  'charAt',
  'indexOf',
  'lastIndexOf',
  'substring',
  'split',
] as const;
export const LIST_METHODS = ['join'] as const;
export const MACROS = ['all', 'exists'] as const;
export const TIME_METHODS = [
  'getFullYear',
  'getMonth',
  'getDate',
  'getDayOfMonth',
  'getDayOfWeek',
  'getDayOfYear',
  'getHours',
  'getMinutes',
  'getSeconds',
  'getMilliseconds',
] as const;

export const FUNCTIONS: readonly string[] = ['has', 'inList', 'inMccGroup', 'size', ...VELOCITY, ...CONVERSIONS];
export const METHODS: readonly string[] = ['size', ...TEXT_METHODS, ...LIST_METHODS, ...MACROS, ...TIME_METHODS];

/** What CEL has and this language has not, with what to do instead. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  map: 'all and exists are what lists are asked by',
  filter: 'all and exists are what lists are asked by',
  exists_one: 'all and exists are what lists are asked by',
  existsOne: 'all and exists are what lists are asked by',
  transformList: 'all and exists are what lists are asked by',
  transformMap: 'all and exists are what lists are asked by',
  bind: 'write the value where it is used',
  uint: 'numbers are doubles',
  bytes: 'there are no bytes',
  bool: 'compare with true or "true"',
  dyn: 'types are settled before it runs',
  type: 'types are settled before it runs',
  replace: 'texts are asked, not made',
  format: 'texts are asked, not made',
  reverse: 'texts are asked, not made',
  quote: 'texts are asked, not made',
};
