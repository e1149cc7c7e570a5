import type { Merchant } from './merchants.ts';

/** A payer and their habits. */
export interface Person {
  id: string;
  /** Slot among the regular users; -1 for someone who pays once. */
  index: number;
  place: number;
  latitude: number;
  longitude: number;
  /** When the account was made; may lie before the stream. Undefined where the shop keeps no accounts. */
  created: number | undefined;
  /** Factor on every price, and the spread of its logarithm. */
  level: number;
  spread: number;
  email: string;
  devices: string[];
  cards: string[];
  homeIp: string;
  officeIp: string | undefined;
  /** Favourite first. */
  favourites: Merchant[];
  /** Hours by which the day is shifted: early birds and night owls. */
  shiftHours: number;
  /** Chance of the app where a shop has one. */
  appShare: number;
  travelPlace: number;
  travelUntil: number;
  /** Sells too, and is paid out. */
  sells: boolean;
  payments: number;
  /** Time of the newest payment. */
  seen: number;
}
