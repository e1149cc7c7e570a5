import Type from 'typebox';
import { canonicalEntity, entityKey } from '../../domain/entity.ts';
import type { EntityNoteData } from '../../domain/entity-note.ts';
import { AssayError } from '../../domain/errors.ts';
import { unfit, unfitId } from '../../intake/text.ts';
import type { EntityNote } from '../../projections/store.ts';
import { actor } from '../actor.ts';
import type { Api } from '../api.ts';
import { sendCommand } from '../command.ts';
import { EntityNoteBody } from '../contract/desk.ts';
import { EntityParam } from '../contract/operations.ts';
import { nextId } from '../ids.ts';
import { read } from '../read.ts';
import type { Services } from '../services.ts';
import { invalid } from '../window.ts';

const schema = { hide: true } as const;
const MOST_LABEL = 40;
const SUGGESTED = 20;
const NoteParam = Type.Object({ ...EntityParam.properties, note: Type.String({ minLength: 1, maxLength: 255 }) });

/** What people write of a card, a device, a customer, and what they call it in a word. Not in the document. */
export function entityNoteRoutes(app: Api, services: Services): void {
  const { store, config, clock, keys } = services;
  const keyOf = (type: string, id: string) => {
    if (!config.entityTypes.includes(type))
      throw new AssayError('not_found', `There are no entities of type ${type}: ${config.entityTypes.join(', ')}.`);
    const value = canonicalEntity(type, id, config.ipv6Prefix);
    const fault = unfitId(value);
    if (fault) throw invalid('/id', fault);
    return { key: entityKey(type, value), value };
  };

  app.get(
    '/api/entities/:type/:id/notes',
    { config: { scope: 'read' }, schema: { ...schema, params: EntityParam } },
    async (request) => {
      const { type, id } = request.params;
      keyOf(type, id);
      const [notes, suggested] = await read(services, () =>
        Promise.all([store.entityNotes.of(type, id), store.entityNotes.labels(SUGGESTED)]),
      );
      const mine = request.apiKey?.id ?? null;
      return {
        data: notes.map((note) => ({ ...note, ...actor(keys, note.by), mine: note.by === mine })),
        suggested,
      };
    },
  );

  app.post(
    '/api/entities/:type/:id/notes',
    { config: { scope: 'review' }, schema: { ...schema, params: EntityParam, body: EntityNoteBody } },
    async (request, reply) => {
      const { type, id } = request.params;
      const { kind } = request.body;
      const text = request.body.text.trim();
      const fault =
        text === ''
          ? 'must have a letter in it'
          : kind === 'label' && text.length > MOST_LABEL
            ? `is a label of at most ${MOST_LABEL} characters`
            : kind === 'label'
              ? unfitId(text)
              : unfit(text);
      if (fault) throw invalid('/text', fault);
      const { key, value } = keyOf(type, id);
      const data: EntityNoteData = { noteId: `note_${nextId(clock())}`, action: kind, entityType: type, key };
      return sendCommand(services, request, reply, {
        ...{ type: 'entity', data: { ...data }, personal: { id: value, text } },
        asked: { type, value, kind, text },
        followUp: async (body) => ({ ...body, text, ...actor(keys, (body as unknown as EntityNote).by), mine: true }),
      });
    },
  );

  app.delete(
    '/api/entities/:type/:id/notes/:note',
    { config: { scope: 'review' }, schema: { ...schema, params: NoteParam } },
    async (request, reply) => {
      const { type, id, note: noteId } = request.params;
      const data: EntityNoteData = { noteId, action: 'remove', entityType: type, key: keyOf(type, id).key };
      return sendCommand(services, request, reply, { type: 'entity', data: { ...data }, asked: data });
    },
  );
}
