/**
 * Country codes: ISO 3166-1 alpha-2, the 249 that are officially assigned, as of February 2026 (Debian's iso-codes by way of
 * pycountry 26.2.16; the standard's own list has not changed since South Sudan, 2011).
 */
const ASSIGNED = `
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ
BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ
DE DJ DK DM DO DZ
EC EE EG EH ER ES ET
FI FJ FK FM FO FR
GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY
HK HM HN HR HT HU
ID IE IL IM IN IO IQ IR IS IT
JE JM JO JP
KE KG KH KI KM KN KP KR KW KY KZ
LA LB LC LI LK LR LS LT LU LV LY
MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ
NA NC NE NF NG NI NL NO NP NR NU NZ
OM
PA PE PF PG PH PK PL PM PN PR PS PT PW PY
QA
RE RO RS RU RW
SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ
TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ
UA UG UM US UY UZ
VA VC VE VG VI VN VU
WF WS
YE YT
ZA ZM ZW
`;

/** Names under which many systems send a country: the standard reserves UK for it, the European Union writes EL. */
const MEANT: Readonly<Record<string, string>> = { UK: 'GB', EL: 'GR' };

/** Not in the standard but what everyone uses: Kosovo, by the European Union, SWIFT and the card schemes. */
const IN_USE = 'XK';

/** Countries that ceased, and what is there now (ISO 3166-3). Codes that were given away since are not among them. */
const FORMER: Readonly<Record<string, string>> = {
  AN: 'BQ, CW and SX',
  BU: 'MM',
  CS: 'RS and ME, or CZ and SK',
  DD: 'DE',
  DY: 'BJ',
  FX: 'FR',
  HV: 'BF',
  NH: 'VU',
  RH: 'ZW',
  SU: 'RU and others',
  TP: 'TL',
  VD: 'VN',
  YD: 'YE',
  YU: 'RS, ME and others',
  ZR: 'CD',
};

const assigned = new Map(
  ASSIGNED.trim()
    .split(/\s+/)
    .map((code): [string, Country] => [code, Object.freeze({ code })]),
);

export interface Country {
  /** Upper case. */
  code: string;
  /** What to tell whoever sent it: the code was read as another, or names no country. */
  warning?: string;
}

/**
 * What a two-letter code names. Undefined where it is not two letters. A code that names no country of today is kept as it was
 * sent, for it still tells payments apart, with a warning.
 */
export function country(text: string): Country | undefined {
  const usual = assigned.get(text);
  if (usual !== undefined) return usual;
  if (!/^[A-Za-z]{2}$/.test(text)) return undefined;
  const code = text.toUpperCase();
  if (assigned.has(code) || code === IN_USE) return { code };
  const meant = MEANT[code];
  if (meant !== undefined)
    return { code: meant, warning: `country ${code} is read as ${meant}, its code in ISO 3166-1.` };
  const now = FORMER[code];
  return {
    code,
    warning:
      now === undefined
        ? `country ${code} is not a code of ISO 3166-1; it is kept as it is.`
        : `country ${code} is no longer a code of ISO 3166-1 (now ${now}); it is kept as it is.`,
  };
}

/** The code by which a country is counted and compared; other text as it is. */
export function canonicalCountry(text: string): string {
  return country(text)?.code ?? text;
}
