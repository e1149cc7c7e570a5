import { domainToASCII } from 'node:url';
import { PROVIDERS, type Provider } from './mail-providers.ts';
import { recent } from './recent.ts';

/** Has one form, and mostly it is this. */
const ASCII = /^[\x20-\x7e]*$/;
const PLAIN = /^[a-z0-9._-]+$/;
/** The dots of UTS 46: ideographic, full-width and half-width ones stand for a full stop. */
const DOTS = /[\u3002\uff0e\uff61]/g;

/**
 * The one spelling of a domain name: ASCII in lower case, international names as punycode (UTS 46, by Node's IDNA),
 * without the root's trailing dot. What is no name (an address literal) stays as it is, in lower case. Empty gives undefined.
 */
export const canonicalDomain = recent((text): string | undefined => {
  let name = text.trim().toLowerCase();
  if (!PLAIN.test(name)) {
    name = name.normalize('NFC').replace(DOTS, '.');
    // Not for texts of a URL's syntax: a percent or a slash would be read as part of one.
    if (!/[%/\\?#@:[\]\s]/.test(name)) name = domainToASCII(name) || name;
  }
  if (name.endsWith('.')) name = name.replace(/\.+$/, '');
  return name === '' ? undefined : name;
});

/** The e-mail domain of an address in its one spelling, or undefined where there is none. */
export function emailDomain(email: string | undefined): string | undefined {
  if (!email) return undefined;
  const at = email.lastIndexOf('@');
  return at < 0 ? undefined : canonicalDomain(email.slice(at + 1));
}

/** By a domain's one spelling. */
const byDomain = new Map<string, Pick<Provider, 'tag'> & { domain: string; ignored: RegExp | undefined }>(
  PROVIDERS.flatMap(({ domains, shared, tag, ignored }) =>
    domains.map((domain) => [
      domain,
      {
        tag,
        domain: shared ? domains[0] : domain,
        ignored: ignored ? new RegExp(`[${ignored.replaceAll('-', '\\-')}]`, 'g') : undefined,
      },
    ]),
  ),
);

/**
 * The mailbox that an e-mail address reaches: its domain in one spelling, the local part in lower case and NFC, without what its
 * provider ignores (see `mail-providers.ts`). For features and links only: mail goes to the address as it was written.
 */
export function mailbox(email: string | undefined): string | undefined {
  const written = emailDomain(email);
  if (!email || written === undefined) return undefined;
  let local = unquoted(email.slice(0, email.lastIndexOf('@')).trim());
  local = ASCII.test(local) ? local.toLowerCase() : local.normalize('NFC').toLowerCase().normalize('NFC');
  if (local === '') return undefined;
  const known = byDomain.get(written);
  if (known === undefined) return `${local}@${written}`;
  const { tag, ignored } = known;
  // A tag that begins the name is none, and a name of ignored characters only is kept.
  const at = tag ? local.indexOf(tag, 1) : -1;
  if (at > 0) local = local.slice(0, at);
  if (ignored) local = local.replace(ignored, '') || local;
  return `${local}@${known.domain}`;
}

/** `"john.doe"@example.com` is `john.doe@example.com` (RFC 5321 §4.1.2), as far as no character needs the quotation marks. */
function unquoted(local: string): string {
  if (!local.startsWith('"')) return local;
  const inner = /^"((?:[^"\\]|\\.)*)"$/s.exec(local)?.[1].replace(/\\(.)/gs, '$1');
  return inner !== undefined && /^[^\s"(),:;<>@[\\\].]+(\.[^\s"(),:;<>@[\\\].]+)*$/.test(inner) ? inner : local;
}
