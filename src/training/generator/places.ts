/** How amounts of a currency look: minor digits and a rounded rate, units for one US dollar. */
export interface Currency {
  digits: number;
  perDollar: number;
}

/** Rates are of the size of 2025's; the generator needs amounts that look right, not a market. */
export const CURRENCIES: Record<string, Currency> = {
  USD: { digits: 2, perDollar: 1 },
  EUR: { digits: 2, perDollar: 0.92 },
  GBP: { digits: 2, perDollar: 0.79 },
  JPY: { digits: 0, perDollar: 150 },
  CAD: { digits: 2, perDollar: 1.37 },
  AUD: { digits: 2, perDollar: 1.52 },
  INR: { digits: 2, perDollar: 84 },
  BRL: { digits: 2, perDollar: 5.4 },
  KWD: { digits: 3, perDollar: 0.307 },
  CHF: { digits: 2, perDollar: 0.88 },
  SEK: { digits: 2, perDollar: 10.5 },
  PLN: { digits: 2, perDollar: 3.95 },
  SGD: { digits: 2, perDollar: 1.34 },
  MXN: { digits: 2, perDollar: 18.5 },
};

/** US dollars for one unit of each currency: what `currencyRates` takes, to see the generator's amounts in dollars. */
export const DOLLAR_RATES: Readonly<Record<string, number>> = Object.freeze(
  Object.fromEntries(Object.entries(CURRENCIES).map(([code, { perDollar }]) => [code, 1 / perDollar])),
);

export interface Place {
  city: string;
  country: string;
  currency: string;
  latitude: number;
  longitude: number;
  /** Standard time; daylight saving is left out. */
  offsetMinutes: number;
  weight: number;
}

const rows: [string, string, string, number, number, number, number][] = [
  ['New York', 'US', 'USD', 40.71, -74.01, -300, 12],
  ['Los Angeles', 'US', 'USD', 34.05, -118.24, -480, 8],
  ['Chicago', 'US', 'USD', 41.88, -87.63, -360, 6],
  ['Houston', 'US', 'USD', 29.76, -95.37, -360, 5],
  ['Miami', 'US', 'USD', 25.76, -80.19, -300, 4],
  ['Seattle', 'US', 'USD', 47.61, -122.33, -480, 4],
  ['Denver', 'US', 'USD', 39.74, -104.99, -420, 3],
  ['Atlanta', 'US', 'USD', 33.75, -84.39, -300, 4],
  ['Boston', 'US', 'USD', 42.36, -71.06, -300, 4],
  ['San Francisco', 'US', 'USD', 37.77, -122.42, -480, 5],
  ['Toronto', 'CA', 'CAD', 43.65, -79.38, -300, 3],
  ['Vancouver', 'CA', 'CAD', 49.28, -123.12, -480, 1.5],
  ['London', 'GB', 'GBP', 51.51, -0.13, 0, 7],
  ['Manchester', 'GB', 'GBP', 53.48, -2.24, 0, 2],
  ['Dublin', 'IE', 'EUR', 53.35, -6.26, 0, 1],
  ['Paris', 'FR', 'EUR', 48.86, 2.35, 60, 4],
  ['Lyon', 'FR', 'EUR', 45.76, 4.84, 60, 1.5],
  ['Berlin', 'DE', 'EUR', 52.52, 13.41, 60, 3],
  ['Munich', 'DE', 'EUR', 48.14, 11.58, 60, 2],
  ['Hamburg', 'DE', 'EUR', 53.55, 9.99, 60, 1.5],
  ['Amsterdam', 'NL', 'EUR', 52.37, 4.9, 60, 2],
  ['Madrid', 'ES', 'EUR', 40.42, -3.7, 60, 2.5],
  ['Barcelona', 'ES', 'EUR', 41.39, 2.17, 60, 2],
  ['Rome', 'IT', 'EUR', 41.9, 12.5, 60, 2],
  ['Milan', 'IT', 'EUR', 45.46, 9.19, 60, 2],
  ['Lisbon', 'PT', 'EUR', 38.72, -9.14, 0, 1],
  ['Vienna', 'AT', 'EUR', 48.21, 16.37, 60, 1],
  ['Zurich', 'CH', 'CHF', 47.38, 8.54, 60, 1],
  ['Stockholm', 'SE', 'SEK', 59.33, 18.07, 60, 1.2],
  ['Warsaw', 'PL', 'PLN', 52.23, 21.01, 60, 1.5],
  ['Kuwait City', 'KW', 'KWD', 29.38, 47.99, 180, 0.7],
  ['Mumbai', 'IN', 'INR', 19.08, 72.88, 330, 2.5],
  ['Bengaluru', 'IN', 'INR', 12.97, 77.59, 330, 2],
  ['Singapore', 'SG', 'SGD', 1.35, 103.82, 480, 1.5],
  ['Tokyo', 'JP', 'JPY', 35.68, 139.69, 540, 4],
  ['Osaka', 'JP', 'JPY', 34.69, 135.5, 540, 1.5],
  ['Sydney', 'AU', 'AUD', -33.87, 151.21, 600, 2],
  ['Melbourne', 'AU', 'AUD', -37.81, 144.96, 600, 1.5],
  ['São Paulo', 'BR', 'BRL', -23.55, -46.63, -180, 2.5],
  ['Mexico City', 'MX', 'MXN', 19.43, -99.13, -360, 2],
];

export const PLACES: readonly Place[] = rows.map(
  ([city, country, currency, latitude, longitude, offsetMinutes, weight]) => ({
    city,
    country,
    currency,
    latitude,
    longitude,
    offsetMinutes,
    weight,
  }),
);
