import fc from 'fast-check';

/** An IPv6 address as its eight groups, often with runs of zeros. */
const groups = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), { minLength: 8, maxLength: 8 });

const ipv4 = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)).map((parts) => parts.join('.'));

/** Any spelling of eight groups: padded or not, in any case, with `::` in place of any run of zeros, with an IPv4 tail. */
function spell(
  parts: number[],
  choice: { pad: number; upper: boolean; from: number; length: number; tail: boolean },
): string {
  const text = parts.map((part, i) => part.toString(16).padStart((choice.pad >> i) & 1 ? 4 : 1, '0'));
  let words = text;
  if (choice.tail) {
    const [high, low] = parts.slice(6);
    words = [...text.slice(0, 6), `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`];
  }
  const { from } = choice;
  let to = from;
  const last = choice.tail ? 6 : 8;
  while (to < last && to - from < choice.length && parts[to] === 0) to++;
  const written = to === from ? words.join(':') : `${words.slice(0, from).join(':')}::${words.slice(to).join(':')}`;
  return choice.upper ? written.toUpperCase() : written;
}

const choices = fc.record({
  pad: fc.nat(255),
  upper: fc.boolean(),
  from: fc.nat(7),
  length: fc.integer({ min: 1, max: 8 }),
  tail: fc.boolean(),
});

/** Two spellings of one address, IPv4 ones mapped into IPv6 included. */
export const addressSpellings: fc.Arbitrary<[string, string]> = fc.oneof(
  fc
    .tuple(groups, choices, choices)
    .map(([parts, one, other]): [string, string] => [spell(parts, one), spell(parts, other)]),
  fc.tuple(ipv4, choices, fc.boolean()).map(([address, choice, mapped]): [string, string] => {
    const [a, b, c, d] = address.split('.').map(Number);
    const parts = [0, 0, 0, 0, 0, 0xffff, a * 256 + b, c * 256 + d];
    return [address, mapped ? spell(parts, choice) : address];
  }),
);

const LABELS = ['example', 'mail', 'bücher', 'münchen', 'пример', '例え', 'faß', 'straße', 'été', 'x1'];
const ENDINGS = ['com', 'de', 'co.uk', 'рф', 'jp'];

const anyCase = (text: string, upper: boolean[]) =>
  // What changes length, or comes back as something else, is no other spelling of a letter: ß, and the Turkish dotted i.
  Array.from(text, (letter, i) => {
    const large = letter.toUpperCase();
    return upper[i % upper.length] && large.toLowerCase() === letter ? large : letter;
  }).join('');

const bits = fc.array(fc.boolean(), { minLength: 1, maxLength: 12 });
const form = fc.constantFrom('NFC', 'NFD', 'NFKC');
const dot = fc.constantFrom('.', '\u3002', '\uff0e');

/** Two spellings of one domain: case, normal form, the dots of UTS 46, a trailing dot, punycode. */
export const domainSpellings: fc.Arbitrary<[string, string]> = fc
  .tuple(fc.array(fc.constantFrom(...LABELS), { minLength: 1, maxLength: 3 }), fc.constantFrom(...ENDINGS))
  .map(([labels, ending]) => [...labels, ending].join('.'))
  .chain((domain) => {
    const spelling = fc.record({ upper: bits, form, dot, trailing: fc.boolean(), ascii: fc.boolean() }).map((how) => {
      const base = how.ascii ? new URL(`http://${domain}`).hostname : domain;
      const written = anyCase(base, how.upper).normalize(how.form).replaceAll('.', how.dot);
      return how.trailing ? `${written}.` : written;
    });
    return fc.tuple(spelling, spelling);
  });

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'.split('');
const name = fc.array(fc.constantFrom(...LETTERS), { minLength: 3, maxLength: 10 });

/** Two spellings of one mailbox at a provider that ignores dots and tags, or of one elsewhere that ignores neither. */
export const mailboxSpellings: fc.Arbitrary<[string, string]> = fc.oneof(
  name.chain((letters) => {
    const spelling = fc
      .record({
        upper: bits,
        dots: fc.array(fc.boolean(), { minLength: letters.length, maxLength: letters.length }),
        tag: fc.option(fc.constantFrom('news', 'Shop.1', 'a+b'), { nil: undefined }),
        domain: fc.constantFrom('gmail.com', 'googlemail.com', 'GMail.com', 'gmail.com.'),
      })
      .map(({ upper, dots, tag, domain }) => {
        const dotted = letters.map((letter, i) => (i > 0 && dots[i] ? `.${letter}` : letter)).join('');
        return `${anyCase(dotted, upper)}${tag === undefined ? '' : `+${tag}`}@${domain}`;
      });
    return fc.tuple(spelling, spelling);
  }),
  fc
    .tuple(name, domainSpellings, bits, fc.boolean())
    .map(([letters, [one, other], upper, quoted]): [string, string] => {
      const local = letters.join('');
      return [`${local}@${one}`, `${quoted ? `"${local}"` : anyCase(local, upper)}@${other}`];
    }),
);
