import { AssayError } from '../../domain/errors.ts';
import { newId } from '../../domain/id.ts';
import type { ApiKey } from '../../domain/key.ts';
import type { RuleContent, RuleVersion } from '../../domain/policy.ts';
import type { RuleState } from '../../engine/policy/state.ts';
import { ruleVersionView, ruleView } from '../../engine/policy/views.ts';
import { PACK, PACK_LISTS } from '../../policy/pack.ts';
import type { Api } from '../api.ts';
import { hasScope } from '../auth.ts';
import { json, problems } from '../contract/common.ts';
import {
  CheckBody,
  Checked,
  ListQuery,
  RestoreBody,
  RuleBody,
  RuleChange,
  RuleList,
  RulePack,
  RuleParam,
  RuleShown,
  RuleVersions,
} from '../contract/policy.ts';
import { withOverridden } from '../overridden.ts';
import { pageOf } from '../page.ts';
import { sendPolicy, submitPolicy } from '../policy-command.ts';
import { assertChecks, contentOf, remarks, unzonedMoments } from '../rule-body.ts';
import type { Services } from '../services.ts';

const tags = ['policy'];
const reads = { scope: 'read' } as const;
/** Rules that are off or in shadow are everybody's who works cases; what is live needs `policy`. */
const writes = { scope: ['policy', 'review'], idempotency: 'journal' } as const;
const problemsOfWrites = problems(400, 401, 403, 404, 409, 413, 415, 422, 429, 503);
/** Under `/api/rules` these are addresses of their own. */
const RESERVED_IDS = ['check', 'pack', 'preview', 'stats'];

export function ruleRoutes(app: Api, services: Services): void {
  const { policy, config, clock } = services;
  const { rules } = policy.log.state;

  const needsTwo = (content: RuleContent) => config.fourEyes.policy && content.mode === 'live';
  /** Throws where it does not check. */
  const toldOf = (content: RuleContent, body: Parameters<typeof unzonedMoments>[0] = {}) => [
    ...assertChecks(policy.check(content.when)),
    ...unzonedMoments(body),
    ...remarks(content, clock()),
  ];
  const known = (id: string): RuleState => {
    const rule = rules.get(id);
    if (!rule || !(rule.current ?? rule.proposed)) throw new AssayError('not_found', `There is no rule ${id}.`);
    return rule;
  };

  app.get(
    '/api/rules',
    {
      config: reads,
      schema: {
        ...{ operationId: 'listRules', tags, summary: 'List rules, newest first; proposed ones too' },
        querystring: ListQuery,
        response: { 200: json('The rules', RuleList), ...problems(401, 403, 422, 429) },
      },
    },
    async (request) => {
      const kept = [...rules.values()].filter((rule) => rule.current ?? rule.proposed);
      const page = pageOf(kept, request.query, ({ versions }) => versions[0].createdAt);
      return { ...page, data: page.data.map(ruleView) };
    },
  );

  app.post(
    '/api/rules',
    {
      config: writes,
      schema: {
        ...{ operationId: 'createRule', tags, summary: 'Make a rule; off unless its mode says otherwise' },
        ...{ body: RuleBody },
        response: { 201: json('The rule, in force', RuleShown), ...problemsOfWrites },
      },
    },
    async (request, reply) => {
      const { body } = request;
      const content = contentOf(body as never, undefined, config.entityTypes);
      if (body.id !== undefined && RESERVED_IDS.includes(body.id))
        throw new AssayError('invalid_request', `/id must not be ${RESERVED_IDS.join(' or ')}.`, {
          errors: [{ path: '/id', message: `must not be ${RESERVED_IDS.join(' or ')}` }],
        });
      mayWrite(request.apiKey, content);
      const warnings = toldOf(content, body);
      const answer = await submitPolicy(services, request as never, reply as never, {
        type: 'policy.rule',
        asked: body,
        data: {
          ...{ action: 'create', ruleId: body.id ?? `rule_${newId(clock()).replaceAll('-', '')}`, content },
          ...(needsTwo(content) ? { propose: true } : {}),
        },
      });
      return sendPolicy(reply, await withOverridden(services, answer), warnings);
    },
  );

  app.get(
    '/api/rules/pack',
    {
      config: reads,
      schema: {
        ...{ operationId: 'getRulePack', tags, summary: 'Rules to begin with, each with its words and source' },
        response: { 200: json('The pack', RulePack), ...problems(401, 403, 429) },
      },
    },
    async () => ({
      data: PACK.map(({ id, content, words, source }) => ({ rule: { id, ...content }, words, source })),
      lists: PACK_LISTS,
    }),
  );

  app.get(
    '/api/rules/:id',
    {
      config: reads,
      schema: {
        ...{ operationId: 'getRule', tags, summary: 'Read a rule', params: RuleParam },
        response: { 200: json('The rule', RuleShown), ...problems(401, 403, 404, 422, 429) },
      },
    },
    async (request) => ruleView(known(request.params.id)),
  );

  app.put(
    '/api/rules/:id',
    {
      config: writes,
      schema: {
        ...{ operationId: 'changeRule', tags, summary: 'Change a rule; carries the version that it changes' },
        ...{ params: RuleParam, body: RuleChange },
        response: { 200: json('The rule, in force', RuleShown), ...problemsOfWrites },
      },
    },
    async (request, reply) => {
      const { body } = request;
      const { id } = request.params;
      const rule = known(id);
      const head = headOf(rule);
      if (body.id !== undefined && body.id !== id)
        throw new AssayError('invalid_request', `/id must be ${id}: a rule keeps its id.`, {
          errors: [{ path: '/id', message: `must be ${id}` }],
        });
      const { version } = body;
      if (version === undefined)
        throw new AssayError('conflict', `Say which version this changes: rule ${id} is at version ${head.version}.`);
      // Of the version it changes: where that is not the newest, the log refuses it.
      const before = rule.versions.find((one) => one.version === version) ?? head;
      const content = contentOf(body, before.content, config.entityTypes);
      mayWrite(request.apiKey, content, rule);
      const warnings = toldOf(content, body);
      const answer = await submitPolicy(services, request as never, reply as never, {
        type: 'policy.rule',
        asked: body,
        data: { action: 'put', ruleId: id, version, content, ...(needsTwo(content) ? { propose: true } : {}) },
      });
      return sendPolicy(reply, await withOverridden(services, answer), warnings);
    },
  );

  app.delete(
    '/api/rules/:id',
    {
      config: writes,
      schema: {
        ...{ operationId: 'deleteRule', tags, summary: 'Take a rule away; restoring a version brings it back' },
        params: RuleParam,
        response: { 204: { description: 'It is not in force any more' }, ...problemsOfWrites },
      },
    },
    async (request, reply) => {
      const rule = known(request.params.id);
      mayWrite(request.apiKey, undefined, rule);
      // Whoever may not touch live rules deletes the version that was looked at, and no other.
      const guarded = hasScope(request.apiKey, 'policy') ? {} : { version: headOf(rule).version };
      await submitPolicy(services, request as never, reply as never, {
        type: 'policy.rule',
        asked: {},
        data: { action: 'delete', ruleId: rule.id, ...guarded },
      });
      return reply.code(204).send();
    },
  );

  app.get(
    '/api/rules/:id/versions',
    {
      config: reads,
      schema: {
        ...{
          operationId: 'listRuleVersions',
          tags,
          summary: 'Every version of a rule, newest first; deleted ones too',
        },
        params: RuleParam,
        response: { 200: json('Its versions', RuleVersions), ...problems(401, 403, 404, 422, 429) },
      },
    },
    async (request) => {
      const rule = rules.get(request.params.id);
      if (!rule) throw new AssayError('not_found', `There is no rule ${request.params.id}.`);
      return { data: rule.versions.toReversed().map(ruleVersionView) };
    },
  );

  app.post(
    '/api/rules/:id/restore',
    {
      config: writes,
      schema: {
        ...{ operationId: 'restoreRule', tags, summary: 'Make a new version of a rule with the content of an old one' },
        ...{ params: RuleParam, body: RestoreBody },
        response: { 200: json('The rule, in force', RuleShown), ...problemsOfWrites },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { version } = request.body;
      const rule = rules.get(id);
      const old = rule?.versions.find((one) => one.version === version);
      if (!rule || !old)
        throw new AssayError('not_found', rule ? `Rule ${id} has no version ${version}.` : `There is no rule ${id}.`);
      mayWrite(request.apiKey, old.content, rule);
      const warnings = toldOf(old.content);
      const answer = await submitPolicy(services, request as never, reply as never, {
        type: 'policy.rule',
        asked: request.body,
        data: { action: 'restore', ruleId: id, restores: version, ...(needsTwo(old.content) ? { propose: true } : {}) },
      });
      return sendPolicy(reply, await withOverridden(services, answer), warnings);
    },
  );

  app.post(
    '/api/rules/:id/approve',
    {
      config: { scope: 'policy', idempotency: 'journal' },
      schema: {
        ...{
          operationId: 'approveRule',
          tags,
          summary: 'Agree to what another key proposed: it is in force from then on',
        },
        ...{ params: RuleParam },
        response: { 200: json('The rule, in force', RuleShown), ...problemsOfWrites },
      },
    },
    async (request, reply) => {
      const answer = await submitPolicy(services, request as never, reply as never, {
        type: 'policy.rule',
        asked: {},
        data: { action: 'approve', ruleId: known(request.params.id).id },
      });
      return sendPolicy(reply, await withOverridden(services, answer));
    },
  );

  app.post(
    '/api/rules/check',
    {
      config: { scope: writes.scope },
      schema: {
        ...{
          operationId: 'checkRule',
          tags,
          summary: 'Check an expression: what it reads, what it costs, what is wrong',
        },
        body: CheckBody,
        response: { 200: json('What the check found', Checked), ...problems(400, 401, 403, 413, 415, 422, 429) },
      },
    },
    async (request) => policy.check(request.body.when),
  );
}

const headOf = (rule: RuleState): RuleVersion => (rule.proposed ?? rule.current)!;

/** Throws `forbidden` where a key without `policy` would touch what is live, or make it so. */
function mayWrite(key: ApiKey | undefined, content: RuleContent | undefined, rule?: RuleState): void {
  if (hasScope(key, 'policy')) return;
  const touches = [content, rule?.current?.content, rule?.proposed?.content];
  if (touches.some((one) => one?.mode === 'live'))
    throw new AssayError(
      'forbidden',
      'Live rules need a key with the scope policy; this one may write rules that are off or shadow.',
    );
}
