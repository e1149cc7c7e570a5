import { profilesContract } from '../../test/support/profiles-contract.ts';
import type { Position } from '../domain/position.ts';
import { createProfiles } from './memory.ts';

profilesContract('memory', {
  runs: 150,
  async open(_, options) {
    const profiles = createProfiles(options);
    // A process numbers what it learns as it comes; what comes again has its number.
    const sequences = new Map<string, number>();
    const sequenceOf = ({ partition, offset }: Position) => {
      const name = `${partition}:${offset}`;
      if (!sequences.has(name)) sequences.set(name, sequences.size + 1);
      return sequences.get(name)!;
    };
    return {
      insert: async (event, position) => profiles.learn(event, sequenceOf(position)),
      async repeat(partition, records) {
        for (const { offset, learn, label, told } of records) {
          const sequence = sequenceOf({ partition, offset });
          if (learn) profiles.learn(learn, sequence);
          if (label) profiles.label(label.event, label.words, sequence);
          if (told) profiles.tell(told.event, told.outcome, sequence);
        }
      },
      fetch: async () => profiles,
    };
  },
});
