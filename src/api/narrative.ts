import { type Narrative, narrativeView } from '../domain/narrative.ts';
import type { Services } from './services.ts';

/** A narrative as the API shows it, with the language model that can be asked for another. */
export function shownNarrative({ narration }: Services, narrative: Narrative) {
  return { ...narrativeView(narrative), ...(narration.model === undefined ? {} : { narrator: narration.model }) };
}
