import { LABEL_FRAUD } from '../domain/event.ts';
import { LABEL } from '../profiles/layout.ts';
import { fingerprint } from '../profiles/profiles.ts';
import type { FeatureDefinition } from './definition.ts';
import { COUNT, FRAUDS, life } from './lifetime.ts';
import { entityOf, type Operation, type Planner, parameter } from './plan.ts';
import { firstAfter } from './windows.ts';

/** Slots of an entity's events up to T − delay, and of the frauds among them. */
interface Counts {
  events: number;
  frauds: number;
}

/** Of the newest `last` events, of those in the window, or of the whole life. */
function counts(definition: FeatureDefinition, planner: Planner): Counts {
  if (definition.parameters?.last !== undefined) return newest(definition, planner);
  if (definition.windowSeconds === undefined) {
    const at = life(definition, planner);
    return { events: at + COUNT, frauds: at + FRAUDS };
  }
  return { events: planner.window(definition, 'count'), frauds: planner.window(definition, 'fraud') };
}

function newest(definition: FeatureDefinition, planner: Planner): Counts {
  const delayMs = (definition.delaySeconds ?? 0) * 1000;
  const last = parameter(definition, 'last', 10);
  const events = planner.probe(entityOf(definition), `newest:${delayMs}:${last}`, 2, (at) => {
    let isCut = false;
    return {
      columnNames: [],
      columns: [],
      unsure: () => (isCut ? at : -1),
      run: (view, event, slots) => {
        const end = delayMs === 0 ? view.end : firstAfter(view, event.time - delayMs, view.first, view.end);
        const from = Math.max(view.first, end - last);
        isCut = end - last < view.first;
        slots[at] = end - from;
        slots[at + 1] = 0;
        if (view.profile.frauds === 0) return;
        const base = view.offset + LABEL * view.capacity;
        for (let i = from; i < end; i++) if ((view.columns[base + i] & LABEL_FRAUD) !== 0) slots[at + 1]++;
      },
    };
  });
  return { events, frauds: events + 1 };
}

/** What names a profile's content: that of a card which is the customer is the customer's. */
const content = (entity: string, planner: Planner): number =>
  planner.probe(entity, 'content', 1, (at) => ({
    columnNames: [],
    columns: [],
    run: ({ profile }, _event, slots) => {
      slots[at] = fingerprint(profile);
    },
  }));

const weightOf = (definition: FeatureDefinition) => parameter(definition, 'weight', 5);

/** The entities of `parameters.entities`, which are separated by spaces. */
export const entitiesOf = ({ parameters }: FeatureDefinition): string[] =>
  String(parameters?.entities ?? '')
    .split(' ')
    .filter((entity) => entity !== '');

/** Shares of known fraud that few events cannot drive high: frauds / (events + `parameters.weight`). */
export const together: Record<string, Operation> = {
  /** Of one entity. */
  cautiousFraudShare: (definition, planner) => {
    const { events, frauds } = counts(definition, planner);
    const weight = weightOf(definition);
    return (slots) => slots[frauds] / (slots[events] + weight);
  },
  /**
   * Of several: 1 − Π (1 − share), the chance that one of them is the bad one, as if each were by itself. Entities with the same past count
   * once; those that the transaction does not name are left out, and without any it is missing.
   */
  fraudTogether: (definition, planner) => {
    const weight = weightOf(definition);
    const parts = entitiesOf(definition).map((entity) => {
      return { ...counts({ ...definition, entity }, planner), content: content(entity, planner) };
    });
    if (parts.length === 0) throw new Error(`Feature ${definition.name} must name its entities.`);
    return (slots) => {
      let spared = Number.NaN;
      for (let p = 0; p < parts.length; p++) {
        const { events, frauds, content: own } = parts[p];
        if (Number.isNaN(slots[events])) continue;
        if (Number.isNaN(spared)) spared = 1;
        let isKnown = false;
        for (let other = 0; other < p; other++) isKnown ||= slots[parts[other].content] === slots[own];
        if (!isKnown) spared *= 1 - slots[frauds] / (slots[events] + weight);
      }
      return 1 - spared;
    };
  },
};
