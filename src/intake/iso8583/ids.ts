import type { FieldError } from '../../domain/errors.ts';
import { type Elements, text } from './elements.ts';
import type { Iso8583Map } from './map.ts';

/** The id is made of elements that a request and what is told of it have alike. */
export function idOf(
  byNumber: Elements['byNumber'],
  map: Iso8583Map,
  warnings: string[],
  isReversal = false,
): string | undefined {
  // In a reversal the elements are its own, and those of the payment stand in DE90: type 4, STAN 6, DE7 10, acquirer 11.
  const original = isReversal ? text(byNumber, 90) : undefined;
  const of = (number: number): string | undefined => {
    if (number === 11) return zeroless(original?.slice(4, 10) || text(byNumber, 11));
    if (number === 7) return original?.slice(10, 20) || text(byNumber, 7);
    if (number === 32) return zeroless(text(byNumber, 32) ?? original?.slice(20, 31));
    return text(byNumber, number);
  };
  for (const elements of map.id) {
    const parts = elements.map(of);
    if (parts.every((part) => part !== undefined && part !== '')) return parts.join('/');
  }
  if (!isReversal)
    warnings.push(
      `${noName(map).path.slice(1)} ${noName(map).message}: what is told of it later will not be found by this door.`,
    );
  return undefined;
}

const zeroless = (digits: string | undefined) => digits?.replace(/^0+(?=\d)/, '');

export const noName = ({ id }: Iso8583Map): FieldError => ({
  path: `/${id.map((elements) => elements.map((one) => `DE${one}`).join('+')).join(' or ')}`,
  message: 'is not all there, of which the id is made',
});
