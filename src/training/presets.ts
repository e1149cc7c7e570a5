import type { OwnSchema } from '../domain/own-columns.ts';
import { defaultCatalogue, trainingCatalogue } from '../features/catalogue.ts';
import type { FeatureDefinition } from '../features/definition.ts';
import { handbookAfter, handbookBetter, handbookCatalogue } from '../features/handbook.ts';
import { withOwnFeatures } from '../features/own.ts';
import { statelessCatalogue } from '../features/stateless.ts';
import { ulbCatalogue } from './ulb.ts';

/** What a format's files are trained on unless the command says otherwise. */
export interface Preset {
  features: string;
  /** Learner's options, settled on periods before those that results are reported on. */
  options: Record<string, Record<string, unknown>>;
  validationShare: number;
  /** Few frauds: after validation, fit on all of the training rows. */
  refit: boolean;
  delayDays: number;
}

/** What `--features` names, for entity types of a configuration and the days after which a label is known. `shipped` is what the model that ships was trained on. */
export const CATALOGUES: Readonly<
  Record<string, (entityTypes: readonly string[], delayDays?: number) => FeatureDefinition[]>
> = {
  default: trainingCatalogue,
  shipped: () => defaultCatalogue,
  handbook: (_, delayDays) => handbookAfter(delayDays, handbookBetter),
  'handbook-15': (_, delayDays) => handbookAfter(delayDays, handbookCatalogue),
  stateless: () => statelessCatalogue,
  ulb: () => ulbCatalogue,
};

/** A catalogue with the features of one's own columns. */
export function catalogueOf(
  name: string,
  { entityTypes, schema }: { entityTypes: readonly string[]; schema: OwnSchema | undefined },
  delayDays?: number,
): FeatureDefinition[] {
  return withOwnFeatures(CATALOGUES[name](entityTypes, delayDays), schema);
}

const GENERAL: Preset = {
  features: 'default',
  options: { trees: { maxLeaves: 16, maxDepth: 8, rounds: 400, learningRate: 0.08 } },
  validationShare: 0.25,
  refit: false,
  delayDays: 7,
};

/** The model that ships: a decision costs what its trees' leaves and depth cost, and beyond these validation gained less than its error. */
const SHIPPED: Preset = {
  ...GENERAL,
  options: { trees: { maxLeaves: 12, maxDepth: 6, rounds: 300, learningRate: 0.12 } },
};

export const PRESETS: Readonly<Record<string, Preset>> = {
  assay: GENERAL,
  handbook: {
    features: 'handbook',
    // By average precision over five test weeks from 2018-06-27 to 2018-07-31.
    options: {
      trees: { maxLeaves: 8, rounds: 200, learningRate: 0.03, rowShare: 0.7, featureShare: 0.5, stopAfter: 0 },
    },
    validationShare: 0.3,
    refit: true,
    delayDays: 7,
  },
  ulb: {
    features: 'ulb',
    options: { trees: { maxLeaves: 8, maxDepth: 6, rounds: 200, learningRate: 0.08 } },
    validationShare: 0.3,
    refit: false,
    delayDays: 0,
  },
};

/** What a payment says of itself is little: small models, judged by how good their probabilities are. */
const STATELESS: Preset = {
  features: 'stateless',
  options: {
    trees: { maxLeaves: 6, maxDepth: 4, rounds: 200, minRows: 200, stopMetric: 'logLoss' },
    logistic: { choice: 'logLoss' },
    network: { hidden: [16, 8], stopMetric: 'logLoss' },
  },
  validationShare: 0.25,
  refit: false,
  delayDays: 7,
};

export function presetOf(format: string, features?: string): Preset {
  if (features === 'stateless') return STATELESS;
  if (features === 'shipped' && format === 'assay') return SHIPPED;
  return PRESETS[format] ?? GENERAL;
}

/** A learner's options by a preset; of an ensemble, those of each member as `member.option`. */
export function optionsFor(preset: Preset, learner: string): Record<string, unknown> {
  if (learner !== 'ensemble') return preset.options[learner] ?? {};
  const members = Object.entries(preset.options).flatMap(([member, own]) =>
    Object.entries(own).map(([key, value]) => [`${member}.${key}`, value] as const),
  );
  return { ...Object.fromEntries(members), ...preset.options.ensemble };
}
