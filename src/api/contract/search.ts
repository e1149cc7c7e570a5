import Type from 'typebox';
import { answer, Instant, Time } from './common.ts';

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

export const LinksQuery = Type.Object({
  depth: Type.Integer({ minimum: 1, maximum: 4, default: 2, description: 'Steps' }),
  at: Type.Optional(Instant),
  types: Type.Optional(
    Type.String({ maxLength: 200, description: 'Only these join, such as `user,device`; default: all' }),
  ),
});
const linked = answer({ type: Type.String(), id: Type.String() });
const counted = { payments: Type.Integer(), fraud: Type.Integer({ description: 'Of the newest 200, confirmed' }) };
const LinkNode = answer({
  ...linked.properties,
  steps: Type.Integer(),
  ...counted,
  others: Type.Optional(Type.Integer({ description: 'Of a hub: how many it is joined with' })),
});
export const LinksShown = answer(
  {
    nodes: Type.Array(LinkNode),
    edges: Type.Array(answer({ from: linked, to: linked, ...counted })),
    hubs: Type.Array(LinkNode, { description: 'Joined with more than LINK_HUB others: not walked' }),
    truncated: Type.Boolean({
      description: 'There was more than is looked at: 300 nodes, the newest 200 payments of each',
    }),
  },
  'Who belongs together; one step joins two entities that one payment names',
);
