/** Who belongs together: entities that payments name together, step by step. */

export interface LinkedEntity {
  type: string;
  id: string;
}

/** What a payment names, by a key that tells it from all others: what it is called is looked up where it has to be told. */
export interface LinkRef {
  key: string;
  type: string;
}

export type LinkEnd = LinkRef & LinkedEntity;

/** A payment as links see it. */
export interface LinkingPayment {
  /** Tells it from others. */
  name: string;
  entities: LinkRef[];
  /** Confirmed: by the label in force. */
  isFraud: boolean;
}

export interface LinkingPayments {
  /** The newest. */
  payments: LinkingPayment[];
  /** How many there are. */
  count: number;
}

export interface LinkSource {
  /** The payments of many at once, in their order, and of fewer once no more may be read: then the walk ends. */
  load(of: LinkEnd[]): Promise<LinkingPayments[]>;
  /** Those of them that are called something. */
  name(refs: LinkRef[]): Promise<LinkEnd[]>;
}

export interface LinkNode extends LinkedEntity {
  /** Steps from where the walk began. */
  steps: number;
  payments: number;
  /** Those of its newest payments that are confirmed fraud. */
  fraud: number;
}

/** `others`: how many it is joined with by its newest payments. */
export type LinkHub = LinkNode & { others: number };

export interface LinkEdge {
  from: LinkedEntity;
  to: LinkedEntity;
  /** That name both. */
  payments: number;
  fraud: number;
}

export interface Links {
  nodes: LinkNode[];
  edges: LinkEdge[];
  hubs: LinkHub[];
  truncated: boolean;
}

export interface LinkBounds {
  depth: number;
  /** An entity with more others is named, and not walked. */
  hub: number;
  maxNodes: number;
}

/** A thing and how many payments it shares with those that were walked. */
interface Shared {
  ref: LinkRef;
  payments: number;
}

const nameOf = ({ type, id }: LinkedEntity): string => `${type}\u0000${id}`;

/**
 * Breadth first from an entity. Where there are more nodes than may be, those stay that share most payments with the step before.
 */
export async function walkLinks(
  start: LinkEnd,
  { load, name }: LinkSource,
  { depth, hub, maxNodes }: LinkBounds,
): Promise<Links> {
  const reached = new Map<string, LinkNode | LinkHub>();
  const payments = new Map<string, LinkingPayment>();
  const hubs = new Set<string>();
  let truncated = false;
  let frontier = [start];
  const met = new Set([start.key]);
  for (let steps = 0; frontier.length > 0; steps++) {
    const found = await load(frontier);
    const isWhole = found.length === frontier.length;
    truncated ||= !isWhole;
    const shared = new Map<string, Shared>();
    found.forEach(({ payments: own, count }, place) => {
      const { key, type, id } = frontier[place];
      truncated ||= own.length < count;
      const others = othersOf(key, own);
      const fraud = own.filter(({ isFraud }) => isFraud).length;
      const node = { type, id, steps, payments: count, fraud };
      const isHub = others.size > hub;
      if (isHub) hubs.add(key);
      reached.set(key, isHub ? { ...node, others: others.size } : node);
      for (const payment of own) payments.set(payment.name, payment);
      if (isHub || steps === depth) return;
      for (const [one, other] of others) {
        if (met.has(one)) continue;
        const known = shared.get(one);
        if (known) known.payments += other.payments;
        else shared.set(one, { ...other });
      }
    });
    if (!isWhole) break;
    const left = maxNodes - met.size;
    truncated ||= shared.size > left;
    frontier = await mostShared(shared, left, name);
    for (const { key } of frontier) met.add(key);
  }
  const all = [...reached];
  return {
    nodes: all.filter(([key]) => !hubs.has(key) || key === start.key).map(([, { ...node }]) => node),
    edges: edgesOf(reached, payments.values()),
    hubs: all.filter(([key]) => hubs.has(key)).map(([, node]) => node as LinkHub),
    truncated,
  };
}

function othersOf(own: string, payments: LinkingPayment[]): Map<string, Shared> {
  const others = new Map<string, Shared>();
  for (const { entities } of payments)
    for (const ref of entities) {
      if (ref.key === own) continue;
      const known = others.get(ref.key);
      if (known) known.payments++;
      else others.set(ref.key, { ref, payments: 1 });
    }
  return others;
}

/** Those that share most, by name where they share as many; only what may be among them is named. */
async function mostShared(
  shared: ReadonlyMap<string, Shared>,
  limit: number,
  name: LinkSource['name'],
): Promise<LinkEnd[]> {
  if (limit <= 0) return [];
  const sharing = ({ key }: LinkRef) => shared.get(key)!.payments;
  const all = [...shared.values()].sort((one, two) => two.payments - one.payments);
  const least = all[limit - 1]?.payments ?? 0;
  const ends = await name(all.filter(({ payments }) => payments >= least).map(({ ref }) => ref));
  return ends
    .map((end) => ({ end, by: nameOf(end) }))
    .sort((one, two) => sharing(two.end) - sharing(one.end) || (one.by < two.by ? -1 : 1))
    .slice(0, limit)
    .map(({ end }) => end);
}

/** Between all that was reached. */
function edgesOf(reached: ReadonlyMap<string, LinkedEntity>, payments: Iterable<LinkingPayment>): LinkEdge[] {
  const ends = new Map(
    [...reached].map(([key, { type, id }]) => [key, { name: nameOf({ type, id }), entity: { type, id } }]),
  );
  const edges = new Map<string, LinkEdge>();
  for (const { entities, isFraud } of payments) {
    const own = entities.flatMap(({ key }) => ends.get(key) ?? []).sort((a, b) => (a.name < b.name ? -1 : 1));
    own.forEach(({ name, entity: from }, place) => {
      for (const { name: other, entity: to } of own.slice(place + 1)) {
        const known = edges.get(`${name}\u0001${other}`);
        const edge = known ?? { from, to, payments: 0, fraud: 0 };
        if (!known) edges.set(`${name}\u0001${other}`, edge);
        edge.payments++;
        if (isFraud) edge.fraud++;
      }
    });
  }
  return [...edges.values()];
}
