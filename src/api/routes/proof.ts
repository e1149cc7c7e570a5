import { AssayError } from '../../domain/errors.ts';
import { decidedBefore } from '../../engine/guard/guard.ts';
import type { Serving } from '../../engine/judge.ts';
import type { InForce } from '../../engine/policy/in-force.ts';
import type { Api } from '../api.ts';
import { json, problems } from '../contract/common.ts';
import { VersionParam } from '../contract/models.ts';
import { ProofQuery, ProofShown } from '../contract/proof.ts';
import type { Services } from '../services.ts';
import { invalid, windowUntil } from '../window.ts';

const iso = (ms: number) => new Date(ms).toISOString();

/** What labels say of a model, as they arrive. */
export function proofRoutes(app: Api, { roster, policy, proofs, clock }: Services): void {
  function servingOf(version: string, path?: string): Serving {
    const serving = roster.servingOf(version);
    if (serving) return serving;
    if (path) throw invalid(path, `is no model that is kept here: ${version}`);
    throw new AssayError('not_found', `There is no model ${version}.`);
  }

  /** Of the champion the one that decided before it, else the champion. */
  function usual(version: string): string {
    const { champion, promotions } = roster;
    if (champion && champion.model.version !== version) return champion.model.version;
    const before = decidedBefore(promotions, version);
    if (before !== null) return before;
    throw new AssayError(
      'conflict',
      `Model ${version} has decided from the first: there is none before it. Name another one with \`against\`, or a version of the policy with \`policy\`.`,
    );
  }

  function policyOf(version: number): InForce {
    const then = policy.at(version, clock());
    if (!then) throw invalid('/policy', `is no version of the policy: ${version}`);
    return then;
  }

  app.get(
    '/api/models/:version/proof',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'proveModel',
        tags: ['models'],
        summary: 'What labels say of a model beside another: docs/watching.md',
        params: VersionParam,
        querystring: ProofQuery,
        response: { 200: json('The proof', ProofShown), ...problems(401, 403, 404, 409, 422, 429) },
      },
    },
    async ({ params: { version }, query: { window, against, policy: before } }) => {
      if (against !== undefined && before !== undefined) throw invalid('/policy', 'is sent where no other model is');
      const { from, to } = windowUntil(clock(), window);
      const challenger = { serving: servingOf(version), inForce: policy.inForce() };
      const other =
        before === undefined
          ? { ...challenger, serving: servingOf(against ?? usual(version), '/against') }
          : { ...challenger, inForce: policyOf(before) };
      if (before === undefined && other.serving.model.version === version)
        throw invalid('/against', 'is the model itself');
      const { window: looked, test, ...proof } = await proofs.of({ challenger, against: other, windowMs: to - from });
      return {
        ...{ version, policyVersion: challenger.inForce.policy.version },
        than: { version: other.serving.model.version, policyVersion: other.inForce.policy.version },
        window: { from: iso(looked.from), to: iso(looked.to) },
        ...proof,
        test: { ...test, since: test.since === null ? null : iso(test.since) },
      };
    },
  );
}
