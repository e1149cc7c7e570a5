/** A decision or a case in words, beside its reasons and never in their place. */
export interface Narrative {
  /** Two or three sentences. */
  summary: string;
  /** Codes of the reasons that it is about. */
  signals: string[];
  /** What to look at next: of CHECKS. */
  checks: Check[];
  /** How far what is known carries the outcome. */
  confidence: Confidence;
  source: 'template' | 'model';
  /** The language model that wrote it. */
  model?: string;
}

/** What the journal's `narrative` record holds; the narrative itself stands in its personal block. */
export interface NarrativeData {
  transactionId: string;
  /** The language model that wrote it. */
  model: string;
}

export const CONFIDENCES = ['low', 'medium', 'high'] as const;
export type Confidence = (typeof CONFIDENCES)[number];

/** What an analyst may be told to do next. A closed list: a language model chooses of it and can add nothing. */
export const CHECKS = {
  ask_customer: 'Ask the customer, by a contact known from before, whether it was them.',
  ask_issuer: 'Ask the issuer, or by a 3-D Secure challenge, whether the holder of the card made it.',
  inspect_device: 'See who else was on this device, and with which cards.',
  inspect_address: 'See who else came from this network address.',
  inspect_card: 'See where else this card paid lately, and who used it.',
  inspect_user: 'Compare it with what this user did before.',
  inspect_merchant: 'See whether other payments at this merchant turned out as fraud.',
  inspect_account: 'Check how the account came to be: its age, its e-mail address and what it did first.',
  compare_places: 'Check whether the customer could have been where it was made.',
  find_small_tries: 'Look for small payments just before, as are made to try out cards.',
  inspect_earlier_frauds: 'See what became of the earlier frauds that it is linked to.',
  hold_delivery: 'Hold the delivery until this is settled.',
} as const satisfies Record<string, string>;
export type Check = keyof typeof CHECKS;

/** Why a language model that was asked wrote nothing that is shown. */
export const NO_TEXT = {
  budget: 'it was not asked, because its budget for this minute is spent',
  breaker: 'it was not asked, because it failed several times in a row and is left alone for a while',
  stuck: 'it was not asked, because earlier questions do not end',
  timeout: 'it did not answer in time',
  error: 'it could not be asked, or failed',
  journal: 'its text could not be kept',
  shape: 'its answer was refused: it is not of the shape asked for',
  prose: 'its answer was refused: it is no sentences',
  signal: 'its answer was refused: it cites a reason that the decision does not have',
  number: 'its answer was refused: it says a number that is not in the decision',
  outcome: 'its answer was refused: it speaks for another outcome',
  instruction: 'its answer was refused: it speaks of instructions',
  markup: 'its answer was refused: it holds markup, links or odd letters',
  echo: 'its answer was refused: it repeats what strangers wrote',
} as const satisfies Record<string, string>;
export type NoText = keyof typeof NO_TEXT;

/** A narrative as the API and the feed show it: each check with its words. */
export function narrativeView({ checks, ...narrative }: Narrative) {
  return { ...narrative, checks: checks.map((code) => ({ code, text: CHECKS[code] })) };
}
export type NarrativeView = ReturnType<typeof narrativeView>;
