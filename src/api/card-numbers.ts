import { type CardRule, type Screened, screen } from '../intake/card-numbers.ts';
import type { Api } from './api.ts';
import type { Services } from './services.ts';

/** Where a body holds others that are screened as they are when they come alone: rules to be tried. */
const HELD = ['rule', 'rules', 'add'];

/**
 * Card numbers are dealt with before anything else sees a body: no hash of it is taken, and no line written, with one in it. What the
 * intake reads it screens by itself, row by row.
 */
export function screenBodies(app: Api, { rules }: Pick<Services, 'rules'>): void {
  app.addHook('preValidation', (request, reply, done) => {
    const { body } = request;
    if (rules.cards === undefined || request.routeOptions.config.takenIn || typeof body !== 'object' || body === null) {
      done();
      return;
    }
    try {
      const { body: kept, warnings } = screened(body, rules.cards);
      request.body = kept;
      if (warnings.length > 0) reply.header('x-assay-warning', warnings.join(' '));
      done();
    } catch (error) {
      done(error as Error);
    }
  });
}

function screened(sent: object, cards: CardRule): Screened<object> {
  const whole = screen(sent, cards);
  const warnings = [...whole.warnings];
  let body = whole.body as Record<string, unknown>;
  const one = (value: unknown, at: string): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    const kept = screen(value, cards, at);
    warnings.push(...kept.warnings);
    return kept.body;
  };
  for (const name of HELD) {
    const value = body[name];
    if (typeof value !== 'object' || value === null) continue;
    const kept = Array.isArray(value) ? value.map((item, i) => one(item, `/${name}/${i}`)) : one(value, `/${name}`);
    body = { ...body, [name]: kept };
  }
  return { body, warnings };
}
