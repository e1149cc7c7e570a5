import { NO_TEXT, narrativeView } from '../domain/narrative.ts';
import type { Told } from '../narrator/narration.ts';
import type { Services } from './services.ts';

/** A narrative as the API shows it, with the language model that can be asked for another. */
export function shownNarrative({ narration }: Services, { narrative, failure }: Told) {
  return {
    ...narrativeView(narrative),
    ...(narration.model === undefined ? {} : { narrator: narration.model }),
    ...(failure === undefined ? {} : { failure: { code: failure, text: NO_TEXT[failure] } }),
  };
}
