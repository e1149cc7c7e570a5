import Type from 'typebox';

/** Described, not checked: the map says what its elements are. */
export const Iso8583Body = Type.Object(
  {},
  { description: 'Elements by number; docs/iso8583.md', additionalProperties: true },
);
