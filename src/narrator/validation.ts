import { CHECKS, type Check, CONFIDENCES, type Confidence, type Narrative } from '../domain/narrative.ts';
import type { Subject } from './narrator.ts';
import { numbersIn, numbersOf } from './numbers.ts';
import { MAX_CHECKS, MAX_SIGNALS, SUMMARY_CHARS } from './prompt.ts';
import { cleanFields } from './untrusted.ts';

/** Why a text was rejected; metrics count by these. */
export const REJECTIONS = ['shape', 'prose', 'signal', 'number', 'outcome', 'instruction', 'markup', 'echo'] as const;
export type Rejection = (typeof REJECTIONS)[number];

export type Verdict = { narrative: Omit<Narrative, 'source'> } | { rejection: Rejection };

/**
 * Checks what a model wrote against what it was told. Whatever it was talked into, it can say nothing that is not a
 * reason of the decision, no number that is not in it, and no other outcome.
 */
export function validate(answer: unknown, subject: Subject): Verdict {
  const shaped = shapeOf(answer);
  if (!shaped) return { rejection: 'shape' };
  const { summary, signals } = shaped;
  if (!isProse(shaped.summary)) return { rejection: 'prose' };
  const codes = new Set(subject.reasons.map(({ code }) => code));
  if (signals.some((code) => !codes.has(code)) || (codes.size > 0 && signals.length === 0))
    return { rejection: 'signal' };
  // What is checked is what is read: nothing unseen may part a word.
  if (summary !== summary.normalize('NFKC') || UNSEEN.test(summary) || MARKUP.test(summary))
    return { rejection: 'markup' };
  if (INSTRUCTION.test(summary)) return { rejection: 'instruction' };
  if (OTHER_OUTCOME[subject.kind === 'case' ? 'case' : subject.decision].test(summary)) return { rejection: 'outcome' };
  const said = numbersIn(summary);
  const allowed = numbersOf(subject);
  if (!said || said.some((number) => !allowed.has(number))) return { rejection: 'number' };
  if (echoes(summary, subject)) return { rejection: 'echo' };
  return { narrative: shaped };
}

function shapeOf(answer: unknown): Omit<Narrative, 'source'> | undefined {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return undefined;
  const { summary, signals, checks, confidence, ...more } = answer as Record<string, unknown>;
  if (Object.keys(more).length > 0 || typeof summary !== 'string') return undefined;
  // Length first: what is too long is not looked at.
  if (summary.length > SUMMARY_CHARS.max) return undefined;
  const text = summary.trim();
  if (text.length < SUMMARY_CHARS.min || !strings(signals, MAX_SIGNALS) || !strings(checks, MAX_CHECKS))
    return undefined;
  if (!checks.every((check) => Object.hasOwn(CHECKS, check))) return undefined;
  if (!(CONFIDENCES as readonly unknown[]).includes(confidence)) return undefined;
  return {
    summary: text,
    signals: [...new Set(signals)],
    checks: [...new Set(checks)] as Check[],
    confidence: confidence as Confidence,
  };
}

const MIN_WORDS = 5;
const MAX_WORD_CHARS = 48;

/** Words with spaces between them, most of them not said before: what a model that broke down writes is not. */
function isProse(text: string): boolean {
  const words = text.toLowerCase().split(/\s+/);
  const letters = text.replace(/[^\p{L}\s]/gu, '').length;
  return (
    words.length >= MIN_WORDS &&
    words.every(({ length }) => length <= MAX_WORD_CHARS) &&
    new Set(words).size >= words.length / 3 &&
    letters >= 0.7 * text.length &&
    // Digits within words are numbers of nothing; codes of features may hold them.
    !/\p{L}['’]?\d|\d['’]\p{L}/u.test(text.replace(/\b[a-z]+(?:_[a-z0-9]+)+\b/g, ''))
  );
}

function strings(value: unknown, most: number): value is string[] {
  return (
    Array.isArray(value) && value.length <= most && value.every((each) => typeof each === 'string' && each.length < 200)
  );
}

const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\u2028\u2029]/u;
/** Markup, links, addresses, and letters beyond Latin ones, which can pass for them. */
const MARKUP =
  /[<>{}[\]`|\\#*=~^@]|https?:|www\.|\/\/|\w\.(?:com|net|org|io|ru|cn|info|xyz)\b|[^\P{L}\p{Script=Latin}]/iu;
const INSTRUCTION =
  /\b(?:ignor|disregard|overrid|instruct|prompt|assistant|jailbreak|pretend|system message|language model|as an ai|whitelist|allowlist|must be|you must|please)\w*/i;
const APPROVES =
  /\b(?:approv\w*|accept\w*|legitimate\w*|legit|genuine\w*|harmless\w*|innocent\w*|trust(?:ed|worthy)|releas\w*|safe(?:ly)?|benign|clear(?:ed)? (?:this|it|the)|let (?:it|this) (?:through|pass)|false positive|not (?:a )?(?:fraud\w*|suspicious)|no (?:sign|evidence|indication|risk)\w*)\b/i;
const DECLINES = /\b(?:declin\w*|reject\w*|refus\w*|block\w*|fraudulent\w*|is (?:a )?fraud|denied|deny)\b/i;
const EITHER = new RegExp(`${APPROVES.source}|${DECLINES.source}`, 'i');
/** Words of an outcome that was not decided. In review both are still open, so neither may be said; a case has declines. */
const OTHER_OUTCOME = { approve: DECLINES, decline: APPROVES, review: EITHER, case: APPROVES } as const;

const ECHO_CHARS = 16;

/** Whether 16 characters in a row of what strangers wrote stand in the text, whatever stands between the letters. */
function echoes(summary: string, subject: Subject): boolean {
  const plain = letters(summary);
  for (const value of Object.values(cleanFields(subject.untrusted))) {
    if (typeof value !== 'string') continue;
    const foreign = letters(value);
    for (let at = 0; at + ECHO_CHARS <= foreign.length; at++)
      if (plain.includes(foreign.slice(at, at + ECHO_CHARS))) return true;
  }
  return false;
}

const letters = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
