import Type from 'typebox';
import { answer, Window } from './common.ts';

export const ProofQuery = Type.Object({
  window: Type.String({ ...Window, default: '30d' }),
  against: Type.Optional(Type.String({ description: 'Another version' })),
  policy: Type.Optional(Type.Integer({ minimum: 0, description: 'The same model under this version of the policy' })),
});

export const ProofShown = answer({
  verdict: Type.String(),
});
