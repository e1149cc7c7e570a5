import { readCursor, writeCursor } from '../../domain/cursor.ts';
import { AssayError } from '../../domain/errors.ts';
import { CONTROL_OFF, type Control, THRESHOLDS_OF_MODEL, type Thresholds } from '../../domain/policy.ts';
import { thresholdsOf } from '../../engine/judge.ts';
import { policyAt } from '../../engine/policy/versions.ts';
import { changeView, policyView } from '../../engine/policy/views.ts';
import type { Api } from '../api.ts';
import { json, list, problems } from '../contract/common.ts';
import {
  ControlBody,
  PolicyShown,
  PolicyVersionParam,
  PolicyVersionShown,
  RestoreBody,
  ThresholdsBody,
  VersionsQuery,
} from '../contract/policy.ts';
import { sendList } from '../page.ts';
import { sendPolicy, submitPolicy } from '../policy-command.ts';
import type { Services } from '../services.ts';
import { invalid } from '../window.ts';

const tags = ['policy'];
const reads = { scope: 'read' } as const;
const writes = { scope: 'policy', idempotency: 'journal' } as const;
const problemsOfWrites = problems(400, 401, 403, 404, 409, 413, 415, 422, 429, 503);

/** The policy as one value: what it is, what it was, thresholds and the control share. */
export function policyRoutes(app: Api, services: Services): void {
  const { policy } = services;
  const { state } = policy.log;

  app.get(
    '/api/policy',
    {
      config: reads,
      schema: {
        ...{ operationId: 'getPolicy', tags, summary: 'The policy in force: thresholds, control share, rules' },
        response: { 200: json('The policy', PolicyShown), ...problems(401, 403, 429) },
      },
    },
    async () => policyView(policyAt(state, state.version)!),
  );

  app.get(
    '/api/policy/versions',
    {
      config: reads,
      schema: {
        ...{
          operationId: 'listPolicyVersions',
          tags,
          summary: 'Every version of the policy, newest first: who changed what',
        },
        querystring: VersionsQuery,
        response: { 200: list('One page', PolicyVersionShown), ...problems(401, 403, 422, 429) },
      },
    },
    async (request, reply) =>
      sendList(request, reply, request.query, async ({ limit, cursor }) => {
        const newest = cursor === undefined ? state.version : Math.min(state.version, readCursor(cursor)!.tie - 1);
        const oldest = Math.max(1, newest - limit + 1);
        const data = [];
        for (let version = newest; version >= oldest; version--)
          data.push(changeView(state.changes[version - 1], version));
        return { data, hasMore: oldest > 1, nextCursor: oldest > 1 ? writeCursor(0, oldest) : null };
      }),
  );

  app.get(
    '/api/policy/versions/:version',
    {
      config: reads,
      schema: {
        ...{
          operationId: 'getPolicyVersion',
          tags,
          summary: 'The policy as a version had it',
          params: PolicyVersionParam,
        },
        response: { 200: json('The policy', PolicyShown), ...problems(401, 403, 404, 422, 429) },
      },
    },
    async (request) => {
      const { version } = request.params;
      const found = policyAt(state, version);
      if (!found) throw new AssayError('not_found', `There is no version ${version} of the policy.`);
      return policyView(found);
    },
  );

  app.put(
    '/api/policy/thresholds',
    {
      config: writes,
      schema: {
        ...{
          operationId: 'setThresholds',
          tags,
          summary: 'Set the thresholds; null: the model’s own',
          body: ThresholdsBody,
        },
        response: { 200: json('The policy, in force', PolicyShown), ...problemsOfWrites },
      },
    },
    async (request, reply) => {
      // `null` says something here, nothing does not.
      if (request.headers['content-type'] === undefined)
        throw new AssayError('malformed_json', 'The request needs a JSON body.');
      const before = request.body === null ? THRESHOLDS_OF_MODEL : state.thresholds;
      const { review = before.review, decline = before.decline } = request.body ?? {};
      if (review !== null && decline !== null && review > decline)
        throw invalid('/review', 'must not be above decline');
      const answer = await submitPolicy(services, request as never, reply as never, {
        ...{ type: 'policy.thresholds', asked: request.body, data: { thresholds: { review, decline } } },
      });
      return sendPolicy(reply, answer, neverReviewed({ review, decline }));
    },
  );

  /** One threshold that is set may pass the other, which is the model's own and changes with it. */
  function neverReviewed(thresholds: Thresholds): string[] {
    const { champion } = services.roster;
    if (!champion) return [];
    const { review, decline } = thresholdsOf(champion, { thresholds });
    if (review <= decline) return [];
    return [
      `Nothing is reviewed: with the model that decides now reviews begin at ${review}, and declines at ${decline}.`,
    ];
  }

  app.put(
    '/api/policy/control',
    {
      config: writes,
      schema: {
        ...{ operationId: 'setControl', tags, summary: 'Set the share of declines that is let through to learn from' },
        body: ControlBody,
        response: { 200: json('The policy, in force', PolicyShown), ...problemsOfWrites },
      },
    },
    async (request, reply) => {
      const { share, ...limits } = request.body;
      const control: Control = { ...CONTROL_OFF, ...limits, share };
      const secret = state.secret === null && share > 0 ? { secret: policy.newSecret() } : {};
      const answer = await submitPolicy(services, request as never, reply as never, {
        ...{ type: 'policy.control', asked: request.body, data: { control, ...secret } },
      });
      return sendPolicy(reply, answer);
    },
  );

  app.post(
    '/api/policy/restore',
    {
      config: writes,
      schema: {
        ...{
          operationId: 'restorePolicy',
          tags,
          summary: 'A new version of the whole policy with the content of an old one',
        },
        body: RestoreBody,
        response: { 200: json('The policy, in force', PolicyShown), ...problemsOfWrites },
      },
    },
    async (request, reply) => {
      assertSameLists(request.body.version);
      const answer = await submitPolicy(services, request as never, reply as never, {
        ...{ type: 'policy.restore', asked: request.body, data: { restores: request.body.version } },
      });
      return sendPolicy(reply, answer);
    },
  );

  /** A list that was made anew under its name, of another type, would make other rules of the old ones. */
  function assertSameLists(version: number): void {
    const old = policyAt(state, version);
    const named = new Set(old?.rules.flatMap(({ content }) => policy.listsNamed(content)));
    const other = old?.lists.find(({ name, type }) => {
      const now = state.lists.get(name)?.head.type;
      return named.has(name) && now !== undefined && now !== type;
    });
    if (other)
      throw new AssayError(
        'conflict',
        `Version ${version} needs the list ${other.name} of type ${other.type}: it is of another now.`,
      );
  }
}
