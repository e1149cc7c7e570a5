import type { Brief, Narrator } from '../../src/narrator/narrator.ts';

/** What a model was told, as it reads it. */
export function factsIn(brief: Brief): Record<string, unknown> & { reasons: { code: string; message: string }[] } {
  return JSON.parse(brief.user.replace(/<\/?facts>/g, ''));
}

/** Answers as an honest model would: its first reason, in its own words. */
export function honestAnswer(brief: Brief) {
  const [first] = factsIn(brief).reasons;
  return {
    summary: `What weighs most with this payment, so the reasons say: ${first?.message ?? 'nothing stands out'}.`,
    signals: first ? [first.code] : [],
    checks: ['ask_customer'],
    confidence: 'medium',
  };
}

export function narratorOf(narrate: (brief: Brief, signal: AbortSignal) => Promise<unknown>): Narrator {
  return { name: 'tested', narrate, close: async () => {} };
}
