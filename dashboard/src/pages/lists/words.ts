import type { ListType } from '../../api/lists.ts';

/** What the values of a list look like. */
export const LIST_WORDS: Record<ListType, { word: string; example: string }> = {
  user: { word: 'Users', example: 'auth0|12345' },
  card: { word: 'Cards', example: 'c_9' },
  device: { word: 'Devices', example: 'd_3' },
  ip: { word: 'Addresses and blocks', example: '203.0.113.0/24' },
  network: { word: 'Networks', example: '203.0.113.0/24' },
  email: { word: 'E-mail domains, as payments name them', example: 'example.org' },
  mailbox: { word: 'Mailboxes', example: 'a.b@example.org' },
  emailDomain: { word: 'E-mail domains', example: 'example.org' },
  merchant: { word: 'Merchants', example: 'm_7' },
  country: { word: 'Countries', example: 'NG' },
  bin: { word: 'BINs and ranges', example: '411111' },
  text: { word: 'Texts', example: 'anything' },
};
