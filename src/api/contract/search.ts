import Type from 'typebox';
import { answer, Id, Instant, Time } from './common.ts';

export const SearchQuery = Type.Object({
  q: Type.String({
    minLength: 1,
    maxLength: 255,
    format: 'searched',
  }),
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
});
export const Found = answer(
  {
    data: Type.Array(
      answer({
        type: Type.String({ description: 'An entity’s, `transaction`, `case` or `note`' }),
        id: Type.String(),
        title: Type.String(),
        at: Time('Of its newest payment or alert'),
      }),
    ),
  },
  'What was found, newest first',
);

export const LinksQuery = Type.Object({
  depth: Type.Integer({ minimum: 1, maximum: 4, default: 2 }),
  at: Type.Optional(Instant),
  types: Type.Optional(Id('Only these join, such as `user,device`')),
});
const Linked = { type: Type.String(), id: Type.String() };
export const EntityOf = answer(Linked);
export const LinkNode = answer({
  ...Linked,
  steps: Type.Integer(),
  payments: Type.Integer(),
  fraud: Type.Integer({ description: 'Of the newest 200, confirmed' }),
  others: Type.Optional(Type.Integer()),
});
export const LinksShown = answer({
  nodes: Type.Array(LinkNode),
  edges: Type.Array(answer({ from: EntityOf, to: EntityOf, payments: Type.Integer(), fraud: Type.Integer() })),
  hubs: Type.Array(LinkNode, { description: 'Joined with more than LINK_HUB others: not walked' }),
  truncated: Type.Boolean(),
});
