import { type Canary, type EndedCanary, percentOf } from '../engine/canary.ts';
import type { Promotion } from '../engine/roster.ts';
import type { ArtifactHead } from '../models/artifact.ts';
import type { KeptModel } from '../models/registry.ts';
import type { Keys } from '../projections/keys.ts';
import { actor } from './actor.ts';
import type { Services } from './services.ts';

type ModelServices = Pick<Services, 'roster' | 'registry'> & { challengers: Pick<Services['challengers'], 'has'> };

/** A kept model as lists show it. */
export function modelView({ version, head, problem }: KeptModel, services: ModelServices) {
  const { roster, registry, challengers } = services;
  const role: 'champion' | 'shadow' | 'other' =
    roster.champion?.model.version === version
      ? 'champion'
      : roster.shadow?.model.version === version
        ? 'shadow'
        : 'other';
  const promoted = roster.promotions.findLast((promotion) => promotion.version === version);
  return {
    version,
    role,
    ...(head ? headView(head) : {}),
    ...(promoted ? { promotedAt: new Date(promoted.at).toISOString() } : {}),
    report: registry.hasReport(version, 'json'),
    compared: challengers.has(version),
    ...(problem === undefined ? {} : { problem }),
  };
}

function headView({ name, kind, featureSchema, thresholds, lineage, metrics }: ArtifactHead) {
  return {
    name,
    kind,
    featureSchema,
    thresholds,
    trainedFrom: new Date(lineage.from).toISOString(),
    trainedTo: new Date(lineage.to).toISOString(),
    metrics,
    lineage: { ...lineage },
  };
}

/** The same with all that the artifact says of itself. */
export function modelDetail(kept: KeptModel, services: ModelServices) {
  const { head } = kept;
  const view = modelView(kept, services);
  if (!head) return view;
  return { ...view, calibration: head.calibration.kind, features: head.features, importance: importanceOf(head) };
}

/** Features that were used, the strongest first; by gain where the learner knows it. */
export function importanceOf(head: ArtifactHead): { feature: string; gain: number }[] {
  const { gain = [] } = (head.importance ?? {}) as { gain?: number[] };
  return head.features
    .map(({ name }, i) => ({ feature: name, gain: gain[i] ?? 0 }))
    .filter((entry) => entry.gain > 0)
    .sort((a, b) => b.gain - a.gain);
}

/** What decides for a share, and when for how much. */
export function canaryView(canary: Canary, keys: Keys) {
  const { version, name, steps, minutes, entity, step, since, startedAt, by, reason } = canary;
  const isLast = step + 1 >= steps.length;
  return {
    ...{ version, name, percent: percentOf(canary), steps, minutes, by: entity, reason: reason ?? null },
    ...{ since: new Date(since).toISOString(), startedAt: new Date(startedAt).toISOString() },
    startedBy: actor(keys, by),
    nextAt: isLast ? null : new Date(since + minutes * 60_000).toISOString(),
  };
}

export const endedView = ({ version, at, reason, guard, by }: EndedCanary, keys: Keys) => ({
  ...{
    version,
    at: new Date(at).toISOString(),
    reason: reason ?? null,
    guard: guard ?? false,
    endedBy: actor(keys, by),
  },
});

/** Who let it decide, after what and why; `fellBack`: the guard did. */
export const promotionView = ({ version, previous, at, reason, fellBack, by }: Promotion, keys: Keys) => ({
  ...{ version, previous, at: new Date(at).toISOString(), ...actor(keys, by), reason: reason ?? null },
  fellBack: fellBack ?? false,
});
