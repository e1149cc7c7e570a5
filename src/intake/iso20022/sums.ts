import type { FieldError } from '../../domain/errors.ts';
import { all, at, type Element, type Message, textAt } from './element.ts';

/** What a header says of its payments, held against them: schemas let any number pass. */
export function sumFaults({ body, path }: Message): FieldError[] {
  const errors: FieldError[] = [];
  if (body.name === 'FIToFICstmrCdtTrf') {
    const payments = all(body, 'CdtTrfTxInf');
    const amounts = payments.map((one) => at(one, 'IntrBkSttlmAmt'));
    const group = at(body, 'GrpHdr');
    held(group, payments.length, amounts, `${path}/GrpHdr`, errors);
    const total = at(group, 'TtlIntrBkSttlmAmt');
    const other = total && amounts.find((one) => one?.attributes.Ccy !== total.attributes.Ccy);
    if (other)
      errors.push({
        path: `${path}/GrpHdr/TtlIntrBkSttlmAmt`,
        message: `is in ${total.attributes.Ccy}, a payment in ${other.attributes.Ccy}`,
      });
    else if (total && differ(total.text, sum(amounts)))
      errors.push({
        path: `${path}/GrpHdr/TtlIntrBkSttlmAmt`,
        message: `is ${total.text}, the payments’ is ${sum(amounts)}`,
      });
  } else if (body.name === 'CstmrCdtTrfInitn') {
    const parts = all(body, 'PmtInf').map((part) => ({ part, payments: all(part, 'CdtTrfTxInf') }));
    const amountsOf = (payments: Element[]) =>
      payments.map((one) => at(one, 'Amt/InstdAmt') ?? at(one, 'Amt/EqvtAmt/Amt'));
    for (const [index, { part, payments }] of parts.entries())
      held(part, payments.length, amountsOf(payments), `${path}/PmtInf[${index + 1}]`, errors);
    const payments = parts.flatMap((one) => one.payments);
    held(at(body, 'GrpHdr'), payments.length, amountsOf(payments), `${path}/GrpHdr`, errors);
  }
  return errors;
}

function held(
  element: Element | undefined,
  count: number,
  amounts: (Element | undefined)[],
  path: string,
  errors: FieldError[],
): void {
  const told = textAt(element, 'NbOfTxs');
  if (told !== undefined && BigInt(told) !== BigInt(count))
    errors.push({ path: `${path}/NbOfTxs`, message: `is ${told}, there are ${count}` });
  const control = textAt(element, 'CtrlSum');
  if (control !== undefined && differ(control, sum(amounts)))
    errors.push({ path: `${path}/CtrlSum`, message: `is ${control}, the amounts’ is ${sum(amounts)}` });
}

/** Amounts have at most five digits after the point, control sums 17. */
const SCALE = 17;

function scaled(decimal: string): bigint {
  const [whole, fraction = ''] = decimal.trim().replace(/^\+/, '').split('.');
  return BigInt(`${whole || '0'}${fraction.padEnd(SCALE, '0')}`);
}

const differ = (a: string, b: string) => scaled(a) !== scaled(b);

function sum(amounts: (Element | undefined)[]): string {
  const total = amounts
    .reduce((so, one) => so + scaled(one?.text ?? '0'), 0n)
    .toString()
    .padStart(SCALE + 1, '0');
  return `${total.slice(0, -SCALE)}.${total.slice(-SCALE).replace(/0+$/, '')}`.replace(/\.$/, '');
}
