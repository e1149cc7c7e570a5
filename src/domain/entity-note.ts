/** What people write of a card, a device, a customer, or call it in a word. Its value and the text stand in the personal block. */
export interface EntityNoteData {
  noteId: string;
  action: EntityNoteKind | 'remove';
  entityType: string;
  /** `entityKey`: which one it is, when its name is erased. */
  key: number;
  by?: string;
}

export const ENTITY_NOTE_KINDS = ['note', 'label'] as const;
export type EntityNoteKind = (typeof ENTITY_NOTE_KINDS)[number];

/** Of one entity. */
export const MOST_ENTITY_NOTES = 200;
