/**
 * What large providers ignore in the local part of an address, from their own help pages as of November 2026. A provider that
 * is not listed is taken at its word: two spellings of a name are two mailboxes there. Companies' own domains at these
 * providers are not known by their name and are not listed either.
 */
export interface Provider {
  /** In their one spelling; where names are `shared`, the first stands for all. */
  domains: readonly string[];
  /** One name is one mailbox under all of the domains. */
  shared?: boolean;
  /** What follows this character is a tag. */
  tag?: '+' | '-';
  /** Characters that make no difference. */
  ignored?: string;
}

const words = (text: string) => text.split(' ');

export const PROVIDERS: readonly Provider[] = [
  // "Dots don't matter in Gmail addresses"; googlemail.com is the same mailbox.
  { domains: words('gmail.com googlemail.com'), shared: true, tag: '+', ignored: '.' },
  // "Use plus addressing"; each domain has names of its own.
  {
    domains: words(
      'outlook.com hotmail.com live.com msn.com hotmail.co.uk hotmail.fr hotmail.de hotmail.it hotmail.es live.co.uk live.fr live.nl outlook.fr outlook.de outlook.es outlook.it outlook.jp',
    ),
    tag: '+',
  },
  // One Apple account has the same name under the three.
  { domains: words('icloud.com me.com mac.com'), shared: true, tag: '+' },
  // "Dots, hyphens, and underscores are ignored"; one name is one account under all.
  { domains: words('proton.me protonmail.com pm.me protonmail.ch'), shared: true, tag: '+', ignored: '.-_' },
  // Disposable addresses are a base name, a hyphen and a keyword; a hyphen is not allowed otherwise.
  {
    domains: words(
      'yahoo.com ymail.com rocketmail.com yahoo.co.uk yahoo.fr yahoo.de yahoo.it yahoo.es yahoo.ca yahoo.com.br yahoo.com.mx yahoo.co.in yahoo.in yahoo.com.au',
    ),
    tag: '-',
  },
  // One login under all domains.
  { domains: words('yandex.ru yandex.com ya.ru yandex.by yandex.kz yandex.ua'), shared: true, tag: '+' },
  { domains: words('fastmail.com fastmail.fm'), tag: '+' },
  { domains: words('zoho.com zohomail.com zoho.eu zohomail.eu'), tag: '+' },
  { domains: words('mailbox.org posteo.de posteo.net runbox.com hey.com'), tag: '+' },
];
