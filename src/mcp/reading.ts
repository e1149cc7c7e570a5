import Type from 'typebox';
import { part, type Tool, tool } from './tool.ts';

const closed = { additionalProperties: false };
const id = (description: string) => Type.String({ minLength: 1, maxLength: 255, description });
const limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 50, default: 20 }));

/** What there is to look at. Each needs a key with the scope `read`. */
export const READING: readonly Tool[] = [
  tool({
    name: 'search',
    title: 'Search',
    description:
      'Finds payments, users, cards, devices, addresses, merchants, cases and notes by (part of) a name. Begin here with whatever name is known.',
    input: Type.Object({ query: Type.String({ minLength: 1, maxLength: 255, pattern: '\\S' }), limit }, closed),
    readOnly: true,
    run: (api, { query, limit = 20 }, signal) => api.get('/api/search', { q: query, limit }, signal),
  }),
  tool({
    name: 'links',
    title: 'Who belongs together',
    description:
      'The entities that share payments with one, up to some steps away: how a ring of accounts on one device or card is found. One step joins two entities that one payment names.',
    input: Type.Object(
      {
        type: id('Of the entity: user, card, device, ip, email, merchant, …'),
        id: id('Of the entity'),
        depth: Type.Optional(Type.Integer({ minimum: 1, maximum: 4, default: 2 })),
      },
      closed,
    ),
    readOnly: true,
    run: (api, { type, id, depth = 2 }, signal) =>
      api.get(`/api/entities/${part(type)}/${part(id)}/links`, { depth }, signal),
  }),
  tool({
    name: 'payment',
    title: 'A payment',
    description: 'One payment as it was recorded: its fields, decision, score, reasons, rules and label.',
    input: Type.Object({ id: id('Of the payment') }, closed),
    readOnly: true,
    run: (api, { id }, signal) => api.get(`/api/transactions/${part(id)}`, {}, signal),
  }),
  tool({
    name: 'explain',
    title: 'Why it was decided so',
    description:
      'Why a payment was decided as it was: every contribution to its score, exact, from the stored vector, and what each rule saw.',
    input: Type.Object({ id: id('Of the payment') }, closed),
    readOnly: true,
    run: (api, { id }, signal) => api.get(`/api/transactions/${part(id)}/explanation`, {}, signal),
  }),
  tool({
    name: 'cases',
    title: 'Cases',
    description: 'The queue of cases, those with most at risk first.',
    input: Type.Object(
      {
        status: Type.Optional(Type.String({ maxLength: 32, description: 'open, resolved, …' })),
        entity: Type.Optional(Type.String({ maxLength: 320, description: 'Such as device:d_3' })),
        limit,
      },
      closed,
    ),
    readOnly: true,
    run: (api, { status, entity, limit = 20 }, signal) => api.get('/api/cases', { status, entity, limit }, signal),
  }),
  tool({
    name: 'case',
    title: 'A case',
    description: 'One case: its state, history, comments and newest payments.',
    input: Type.Object({ id: id('Of the case'), limit }, closed),
    readOnly: true,
    run: async (api, { id, limit = 20 }, signal) => {
      const [found, payments] = await Promise.all([
        api.get(`/api/cases/${part(id)}`, {}, signal),
        api.get(`/api/cases/${part(id)}/transactions`, { limit }, signal),
      ]);
      return { case: found, payments };
    },
  }),
  tool({
    name: 'policy',
    title: 'The policy in force',
    description: 'Thresholds, control share and every rule as they are in force now.',
    input: Type.Object({}, closed),
    readOnly: true,
    run: (api, _, signal) => api.get('/api/policy', {}, signal),
  }),
];
