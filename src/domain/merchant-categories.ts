/**
 * Merchant category codes (ISO 18245, and what the card schemes added), as of September 2025 (PyPI's iso18245 1.4.1, which has them of ISO, the
 * USDA's and Visa's lists and Stripe; 5723, guns and ammunition, which ISO approved in 2022, is in none of them).
 * 3000 to 3999 are airlines, car rentals and hotels, one code each.
 */
const CODES = `
0742 0743 0744 0763 0780 1520 1711 1731 1740 1750 1761 1771 1799 2741 2791 2842 4011 4111 4112 4119 4121 4131 4214
4215 4225 4411 4457 4468 4511 4582 4722 4723 4733 4784 4789 4812 4813 4814 4815 4816 4821 4829 4899 4900 5013 5021
5039 5044 5045 5046 5047 5051 5065 5072 5074 5085 5094 5099 5111 5122 5131 5137 5139 5169 5172 5192 5193 5198 5199
5200 5211 5231 5251 5261 5262 5271 5300 5309 5310 5311 5331 5399 5411 5422 5441 5451 5462 5499 5511 5521 5531 5532
5533 5541 5542 5551 5552 5561 5571 5592 5598 5599 5611 5621 5631 5641 5651 5655 5661 5681 5691 5697 5698 5699 5712
5713 5714 5715 5718 5719 5722 5723 5732 5733 5734 5735 5811 5812 5813 5814 5815 5816 5817 5818 5832 5912 5921 5931 5932
5933 5935 5937 5940 5941 5942 5943 5944 5945 5946 5947 5948 5949 5950 5960 5961 5962 5963 5964 5965 5966 5967 5968
5969 5970 5971 5972 5973 5975 5976 5977 5978 5983 5992 5993 5994 5995 5996 5997 5998 5999 6010 6011 6012 6050 6051
6211 6300 6381 6399 6513 6532 6533 6536 6537 6538 6540 7011 7012 7013 7032 7033 7210 7211 7216 7217 7221 7230 7251
7261 7273 7276 7277 7278 7280 7295 7296 7297 7298 7299 7311 7321 7322 7332 7333 7338 7339 7342 7349 7361 7372 7375
7379 7392 7393 7394 7395 7399 7511 7512 7513 7519 7523 7531 7534 7535 7538 7542 7549 7622 7623 7629 7631 7641 7692
7699 7800 7801 7802 7829 7832 7841 7911 7922 7929 7932 7933 7941 7991 7992 7993 7994 7995 7996 7997 7998 7999 8011
8021 8031 8041 8042 8043 8044 8049 8050 8062 8071 8099 8111 8211 8220 8241 8244 8249 8299 8351 8398 8641 8651 8661
8675 8699 8734 8911 8912 8931 8999 9211 9222 9223 9311 9399 9400 9402 9405 9406 9700 9701 9702 9950`;

/**
 * What kind of risk stands behind a code, by its description. The groups are ours: schemes have lists of their own, which change. A code may stand in
 * several. No code is kept for crypto assets alone: they are sold under 6051, 6012 and 6211.
 */
const GROUPS = {
  gambling: '7800 7801 7802 7995 9406',
  quasi_cash: '6050 6051 6540',
  cash: '6010 6011',
  money_transfer: '4829 6532 6533 6536 6537 6538',
  securities: '6012 6211',
  adult: '5967 7273 7297',
  digital_goods: '4816 5734 5815 5816 5817 5818',
  direct_marketing: '5960 5962 5963 5964 5965 5966 5967 5968 5969',
  travel: '4411 4511 4582 4722 4723 5962 7011 7012 7512 7513 7519',
  telecom: '4812 4813 4814 4815',
  pharmacy: '5122 5912',
  alcohol_tobacco: '5813 5921 5993',
  resale: '5045 5094 5732 5944 5946 5947 5972',
  donations: '8398 8651 8661',
} as const;

export type MccGroup = keyof typeof GROUPS;
export const MCC_GROUPS = Object.keys(GROUPS) as MccGroup[];

const split = (codes: string) => codes.trim().split(/\s+/);
const known = new Set(split(CODES));
const groups = new Map(MCC_GROUPS.map((name) => [name, new Set(split(GROUPS[name]))]));
/** Airlines, car rentals, hotels: one code a company. */
const isCompany = (code: string) => code[0] === '3';

/** Whether the table has a code of four digits. */
export const isMcc = (code: string): boolean => known.has(code) || isCompany(code);

/** Whether a code is of a group; a code that the table does not have is of none. */
export const inMccGroup = (group: MccGroup, code: string): boolean =>
  groups.get(group)!.has(code) || (group === 'travel' && code.length === 4 && isCompany(code));

/** What to tell whoever sent a code. */
export const mccWarning = (code: string): string | undefined =>
  isMcc(code)
    ? undefined
    : `mcc ${code} is not in the table of merchant categories of September 2025; it is kept as it is, in no group.`;
