import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { domainSpellings, mailboxSpellings } from '../../test/support/spellings.ts';
import { emailDomain, mailbox } from './email.ts';
import { PROVIDERS } from './mail-providers.ts';

/** Address, its domain, its mailbox. */
const ADDRESSES: [string, string | undefined, string | undefined][] = [
  ['Ann@Example.COM', 'example.com', 'ann@example.com'],
  ['ann@example.com.', 'example.com', 'ann@example.com'],
  ['ann@bücher.example', 'xn--bcher-kva.example', 'ann@xn--bcher-kva.example'],
  ['ann@XN--BCHER-KVA.example', 'xn--bcher-kva.example', 'ann@xn--bcher-kva.example'],
  ['ann@bu\u0308cher.example', 'xn--bcher-kva.example', 'ann@xn--bcher-kva.example'],
  ['ann@例え。jp', 'xn--r8jz45g.jp', 'ann@xn--r8jz45g.jp'],
  ['ann@ＧＭＡＩＬ.com', 'gmail.com', 'ann@gmail.com'],
  ['ann@faß.de', 'xn--fa-hia.de', 'ann@xn--fa-hia.de'],
  // Names that a URL would read as an address or undo the escapes of.
  ['ann@1.2', '1.2', 'ann@1.2'],
  ['ann@[192.0.2.1]', '[192.0.2.1]', 'ann@[192.0.2.1]'],
  ['ann@ex%61mple.com', 'ex%61mple.com', 'ann@ex%61mple.com'],
  ['ann@a_b.example', 'a_b.example', 'ann@a_b.example'],
  ['J.Doe+shop@gmail.com', 'gmail.com', 'jdoe@gmail.com'],
  ['jdoe@googlemail.com', 'googlemail.com', 'jdoe@gmail.com'],
  ['+shop@gmail.com', 'gmail.com', '+shop@gmail.com'],
  ['...@gmail.com', 'gmail.com', '...@gmail.com'],
  ['j.doe+shop@outlook.com', 'outlook.com', 'j.doe@outlook.com'],
  ['j.doe@hotmail.com', 'hotmail.com', 'j.doe@hotmail.com'],
  ['jdoe-shop@yahoo.com', 'yahoo.com', 'jdoe@yahoo.com'],
  ['j_d-o.e+x@pm.me', 'pm.me', 'jdoe@proton.me'],
  ['jdoe+x@mac.com', 'mac.com', 'jdoe@icloud.com'],
  ['j.doe+shop@example.com', 'example.com', 'j.doe+shop@example.com'],
  ['"j.doe"@example.com', 'example.com', 'j.doe@example.com'],
  ['"j doe"@example.com', 'example.com', '"j doe"@example.com'],
  ['jose\u0301@example.com', 'example.com', 'josé@example.com'],
  ['ann@', undefined, undefined],
  ['@example.com', 'example.com', undefined],
  ['ann', undefined, undefined],
  ['', undefined, undefined],
];

test('a domain has one spelling, and so has the mailbox that an address reaches', () => {
  for (const [written, domain, box] of ADDRESSES) {
    assert.equal(emailDomain(written), domain, written);
    assert.equal(mailbox(written), box, written);
  }
});

test('every domain of the table of providers is in its one spelling and stands once', () => {
  const domains = PROVIDERS.flatMap((provider) => provider.domains);
  assert.equal(new Set(domains).size, domains.length);
  for (const provider of PROVIDERS)
    for (const domain of provider.domains) {
      assert.equal(emailDomain(`a@${domain}`), domain);
      const expected = `jane@${provider.shared ? provider.domains[0] : domain}`;
      assert.equal(mailbox(`Jane@${domain}`), expected);
      if (provider.tag) assert.equal(mailbox(`jane${provider.tag}x@${domain}`), expected);
      for (const letter of provider.ignored ?? '') assert.equal(mailbox(`ja${letter}ne@${domain}`), expected);
    }
});

test('any spelling of a domain is the same, and the one spelling is its own', () => {
  fc.assert(
    fc.property(domainSpellings, ([one, other]) => {
      const canonical = emailDomain(`a@${one}`);
      assert.equal(emailDomain(`b@${other}`), canonical);
      assert.equal(emailDomain(`a@${canonical}`), canonical);
      assert.match(canonical!, /^[a-z0-9.-]+$/);
    }),
    { numRuns: 2_000 },
  );
});

test('any spelling of a mailbox is the same, and the one spelling is its own', () => {
  fc.assert(
    fc.property(mailboxSpellings, ([one, other]) => {
      const canonical = mailbox(one);
      assert.equal(mailbox(other), canonical);
      assert.equal(mailbox(canonical), canonical);
    }),
    { numRuns: 2_000 },
  );
});
