export const LIST_TYPES = [
  'user',
  'card',
  'device',
  'ip',
  'network',
  'email',
  'mailbox',
  'emailDomain',
  'merchant',
  'country',
  'bin',
  'text',
] as const;
export type ListType = (typeof LIST_TYPES)[number];
