import Type from 'typebox';
import { answer, Time } from './common.ts';

export const SearchQuery = Type.Object({
  q: Type.String({
    minLength: 1,
    maxLength: 255,
    pattern: '\\S',
    description: 'A name, an id, its beginning, an amount or words of a note',
  }),
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
});
export const Found = answer(
  {
    data: Type.Array(
      answer(
        {
          type: Type.String({ description: '`user`, `card` or another entity’s, `transaction`, `case` or `note`' }),
          id: Type.String(),
          title: Type.String(),
          at: Time('Of its newest payment or alert, or when it was made'),
        },
        'What was found',
      ),
    ),
  },
  'What was found, newest first',
);
