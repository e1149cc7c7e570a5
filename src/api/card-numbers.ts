import { screen } from '../intake/card-numbers.ts';
import type { Api } from './api.ts';
import type { Services } from './services.ts';

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
      const { body: kept, warnings } = screen(body, rules.cards);
      request.body = kept;
      if (warnings.length > 0) reply.header('x-assay-warning', warnings.join(' '));
      done();
    } catch (error) {
      done(error as Error);
    }
  });
}
