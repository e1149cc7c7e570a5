import { CATEGORIES } from './categories.ts';
import { drawIntegration } from './integrations.ts';
import type { Random } from './random.ts';
import { createSampler } from './random.ts';

export interface Merchant {
  id: string;
  category: number;
  /** Factor on the category's typical amount. */
  level: number;
  /** Bits of `FIELD`. */
  integration: number;
  /** Its newest customers, as indices of users; -1 is none. */
  customers: Int32Array;
  served: number;
}

const CUSTOMERS_KEPT = 24;

export interface Merchants {
  all: Merchant[];
  /** By popularity (Zipf). */
  draw(random: Random): Merchant;
  /** Of the kind that thieves like. */
  drawResale(random: Random): Merchant;
  /** Of one category. */
  drawCategory(random: Random, category: number): Merchant;
}

export function createMerchant(random: Random, id: string, category: number): Merchant {
  return {
    id,
    category,
    level: random.logNormal(1, 0.35),
    integration: drawIntegration(random),
    customers: new Int32Array(CUSTOMERS_KEPT).fill(-1),
    served: 0,
  };
}

/** Popularity falls with the rank to the power of 0.9; every category has a merchant. */
export function createMerchants(random: Random, count: number, newId: () => string): Merchants {
  const sampleCategory = createSampler(CATEGORIES.map((category) => category.weight));
  const all = Array.from({ length: count }, (_, rank) =>
    createMerchant(random, newId(), rank < CATEGORIES.length ? rank : sampleCategory(random)),
  );
  const popularity = all.map((_, rank) => 1 / (rank + 3) ** 0.9);
  const byPopularity = createSampler(popularity);
  const byResale = createSampler(all.map((m, rank) => Math.sqrt(popularity[rank]) * CATEGORIES[m.category].resale));
  const ofCategory = CATEGORIES.map((_, index) => all.filter((merchant) => merchant.category === index));
  return {
    all,
    draw: (r) => all[byPopularity(r)],
    drawResale: (r) => all[byResale(r)],
    drawCategory: (r, category) => r.pick(ofCategory[category]),
  };
}

export function recordCustomer(merchant: Merchant, user: number): void {
  merchant.customers[merchant.served++ % CUSTOMERS_KEPT] = user;
}
