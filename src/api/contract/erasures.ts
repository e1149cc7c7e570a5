import Type from 'typebox';
import { answer, Id, Time, words } from './common.ts';

export const ErasureBody = Type.Object({
  userId: Type.Optional(Id()),
  email: Type.Optional(Type.String({ format: 'mailbox', minLength: 3, maxLength: 320 })),
  cardId: Type.Optional(Id()),
  deviceId: Type.Optional(Id()),
  ip: Type.Optional(Type.String({ format: 'ip', maxLength: 45 })),
  reason: Type.String({ minLength: 1, maxLength: 2_000 }),
});

export const ErasureTaken = answer({ id: Type.String() });

export const ErasureShown = answer({
  id: Type.String(),
  status: words(['running', 'done']),
  records: Type.Union([Type.Integer(), Type.Null()]),
  finishedAt: Type.Union([Time(), Type.Null()]),
  remains: Type.Optional(Type.Array(Type.String())),
});
