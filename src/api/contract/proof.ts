import Type from 'typebox';
import { answer, words } from './common.ts';

export const ProofQuery = Type.Object({
  window: Type.String({ format: 'window', default: '30d', maxLength: 16 }),
  against: Type.Optional(
    Type.String({ maxLength: 64, description: 'Another version; else the champion, or the one before it' }),
  ),
  policy: Type.Optional(Type.Integer({ minimum: 0, description: 'The same model under this version of the policy' })),
});

export const ProofShown = answer({
  verdict: Type.String(),
  test: answer({ decided: words(['better', 'worse', 'open']) }),
  difference: answer({}, '{precision, recall, moneySaved, customersHurt}: {value, interval, low, high}'),
});
