/** What a category of goods costs and how it is paid for. */
export interface Category {
  name: string;
  /** Merchant category code, ISO 18245. */
  mcc: string;
  /** Typical amount in US dollars and the spread of its logarithm. */
  median: number;
  sigma: number;
  /** Share of merchants and of purchases. */
  weight: number;
  /** Weights of web, app, pos, moto. */
  channels: [number, number, number, number];
  /** Share of purchases that are the first of several small ones within minutes. */
  micro: number;
  /** How much thieves like it: easily sold on. */
  resale: number;
}

export const CHANNELS = ['web', 'app', 'pos', 'moto'] as const;

export const CATEGORIES: readonly Category[] = [
  { name: 'Groceries', mcc: '5411', median: 46, sigma: 0.6, weight: 20, channels: [3, 3, 6, 0], micro: 0, resale: 0.2 },
  { name: 'Food', mcc: '5812', median: 17, sigma: 0.5, weight: 17, channels: [2, 6, 5, 0.3], micro: 0.02, resale: 0.3 },
  { name: 'Fashion', mcc: '5651', median: 62, sigma: 0.65, weight: 11, channels: [6, 4, 2, 0], micro: 0, resale: 1 },
  {
    name: 'Digital',
    mcc: '5815',
    median: 11,
    sigma: 0.7,
    weight: 10,
    channels: [6, 5, 0, 0],
    micro: 0.04,
    resale: 1.2,
  },
  { name: 'Gaming', mcc: '5816', median: 9, sigma: 0.85, weight: 7, channels: [5, 6, 0, 0], micro: 0.14, resale: 1.5 },
  {
    name: 'Transport',
    mcc: '4111',
    median: 4,
    sigma: 0.7,
    weight: 8,
    channels: [1, 6, 4, 0],
    micro: 0.12,
    resale: 0.1,
  },
  { name: 'Health', mcc: '5912', median: 34, sigma: 0.6, weight: 6, channels: [5, 2, 3, 0.5], micro: 0, resale: 0.2 },
  { name: 'Home', mcc: '5712', median: 75, sigma: 0.8, weight: 6, channels: [6, 2, 2, 0.5], micro: 0, resale: 0.6 },
  {
    name: 'Electronics',
    mcc: '5732',
    median: 150,
    sigma: 0.95,
    weight: 6,
    channels: [7, 3, 2, 0.2],
    micro: 0,
    resale: 4,
  },
  { name: 'Tickets', mcc: '7922', median: 24, sigma: 0.8, weight: 3, channels: [5, 5, 1, 0.3], micro: 0, resale: 1 },
  { name: 'Travel', mcc: '4722', median: 290, sigma: 0.8, weight: 3, channels: [7, 2, 0, 1.5], micro: 0, resale: 1.5 },
  {
    name: 'Gift cards',
    mcc: '5947',
    median: 45,
    sigma: 0.6,
    weight: 2,
    channels: [7, 3, 1, 0],
    micro: 0.01,
    resale: 4,
  },
  {
    name: 'Jewelry',
    mcc: '5944',
    median: 210,
    sigma: 0.95,
    weight: 1.6,
    channels: [6, 1, 2, 0.5],
    micro: 0,
    resale: 3,
  },
];

export function categoryNamed(name: string): number {
  return CATEGORIES.findIndex((category) => category.name === name);
}
