import Type from 'typebox';
import { answer } from './common.ts';
import { Decided } from './transactions.ts';

/** Described, not checked: the message's own schema does that. */
export const IsoMessageBody = Type.Object(
  { Document: Type.Object({}, { additionalProperties: true }) },
  { description: 'The JSON form of pacs.008, pain.001 or pacs.002; docs/iso20022.md', additionalProperties: true },
);

export const IsoDecision = answer({
  ...Decided.properties,
  statusReport: answer({}, 'What a pacs.002 says of it: {OrgnlUETR, …, TxSts, StsRsnInf}'),
});
export const IsoDecisions = Type.Unsafe<unknown>({ anyOf: [IsoDecision, Type.Array(IsoDecision)] });

export const IsoStatuses = answer({
  data: Type.Array(answer({}, '{transactionId, status, event}, or {…, code, message} where it told nothing')),
});
