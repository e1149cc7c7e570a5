import { currencyCode } from './currency.ts';

/**
 * What people write in place of a code, each with every currency that is written so: of the Unicode CLDR 48 the symbols that its
 * English and the languages of the currency's own countries have (by way of Intl in Node 24), each as it is written there.
 */
const SIGNS = `
$ USD ARS AUD BBD BMD BND BSD BZD CAD CLP COP CUC CUP DOP FJD GYD HKD JMD KYD LRD MXN NAD NZD SBD SGD SRD TTD TWD UYU XCD
US$ USD|A$ AUD|AU$ AUD|C$ CAD NIO|CA$ CAD|NZ$ NZD|HK$ HKD|S$ SGD|NT$ TWD|MX$ MXN|R$ BRL|RD$ DOP|AR$ ARS|CL$ CLP|CO$ COP
UY$ UYU|J$ JMD|TT$ TTD|EC$ XCD|BZ$ BZD|FJ$ FJD|N$ NAD|T$ TOP|$U UYU|$US USD|$CA CAD
€ EUR|£ GBP EGP FKP GIP LBP SHP SSP SYP SDG|UK£ GBP|E£ EGP|L£ LBP|¥ JPY CNY|￥ JPY CNY|JP¥ JPY|CN¥ CNY|元 CNY|円 JPY
₹ INR|₽ RUB|руб RUB|₩ KRW KPW|￦ KRW|₪ ILS|₺ TRY|₫ VND|₴ UAH|₦ NGN|฿ THB|₱ PHP CUP|₡ CRC|₲ PYG|₵ GHS|GH₵ GHS|₸ KZT
₼ AZN|₾ GEL|₭ LAK|₮ MNT|৳ BDT|Tk BDT|៛ KHR|֏ AMD|؋ AFN|⃀ KGS|﷼ IRR OMR QAR SAR YER|zł PLN|Kč CZK|Ft HUF|lei RON MDL|leu RON MDL
kr DKK ISK NOK SEK|Kr DKK ISK NOK SEK|Rs INR LKR MUR NPR PKR SCR|Rp IDR|RM MYR|R ZAR|Fr CHF|SFr CHF|лв BGN|KM BAM|kn HRK|din RSD|ден MKD|Br BYN ETB
Ksh KES|TSh TZS|USh UGX|Kz AOA|Ar MGA|FCFA XAF XOF|CFPF XPF|FG GNF|RF RWF|CF KMF|Bs BOB|S/ PEN|Q GTQ|L HNL|B/ PAB
K MMK PGK ZMW|ZK ZMW|P BWP PHP
`;

const plain = (sign: string) => sign.replace(/\s/g, '').replace(/\.$/, '');

const bySign = new Map(
  SIGNS.trim()
    .split(/[|\n]/)
    .map((entry): [string, string[]] => {
      const [sign, ...codes] = entry.split(' ');
      return [plain(sign), codes];
    }),
);

/** The currencies that a sign or a code may stand for; undefined where it is none of either. */
export function currenciesOf(sign: string): readonly string[] | undefined {
  const code = currencyCode(sign);
  return code === undefined ? bySign.get(plain(sign)) : [code];
}
