/** Who belongs together: entities that payments name together, step by step. */

export interface LinkedEntity {
  type: string;
  id: string;
}

/** A payment as links see it. */
export interface LinkingPayment {
  /** Tells it from others. */
  name: string;
  entities: LinkedEntity[];
  /** Confirmed: by the label in force. */
  isFraud: boolean;
}

export interface LinkingPayments {
  /** The newest. */
  payments: LinkingPayment[];
  /** How many there are. */
  count: number;
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

export const nameOf = ({ type, id }: LinkedEntity): string => `${type}\u0000${id}`;

/**
 * Breadth first from an entity; `load` gives the payments of many at once, in their order, and of fewer once no more may be read: then
 * the walk ends. Where there are more nodes than may be, those stay that share most payments with the step before.
 */
export async function walkLinks(
  start: LinkedEntity,
  load: (of: LinkedEntity[]) => Promise<LinkingPayments[]>,
  { depth, hub, maxNodes }: LinkBounds,
): Promise<Links> {
  const reached = new Map<string, LinkNode | LinkHub>();
  const payments = new Map<string, LinkingPayment>();
  const hubs = new Set<string>();
  let truncated = false;
  let frontier: LinkedEntity[] = [start];
  const met = new Set([nameOf(start)]);
  for (let steps = 0; frontier.length > 0; steps++) {
    const found = await load(frontier);
    const isWhole = found.length === frontier.length;
    truncated ||= !isWhole;
    const shared = new Map<string, { entity: LinkedEntity; payments: number }>();
    found.forEach(({ payments: own, count }, place) => {
      const entity = frontier[place];
      truncated ||= own.length < count;
      const others = othersOf(entity, own);
      const fraud = own.filter(({ isFraud }) => isFraud).length;
      const node = { ...entity, steps, payments: count, fraud };
      const isHub = others.size > hub;
      if (isHub) hubs.add(nameOf(entity));
      reached.set(nameOf(entity), isHub ? { ...node, others: others.size } : node);
      for (const payment of own) payments.set(payment.name, payment);
      if (isHub || steps === depth) return;
      for (const [name, other] of others) {
        if (met.has(name)) continue;
        const known = shared.get(name);
        if (known) known.payments += other.payments;
        else shared.set(name, { ...other });
      }
    });
    if (!isWhole) break;
    const next = [...shared].sort(([a, one], [b, two]) => two.payments - one.payments || (a < b ? -1 : 1));
    const left = maxNodes - met.size;
    truncated ||= next.length > left;
    frontier = next.slice(0, left).map(([name, { entity }]) => {
      met.add(name);
      return entity;
    });
  }
  const all = [...reached];
  return {
    nodes: all.filter(([name]) => !hubs.has(name) || name === nameOf(start)).map(([, { ...node }]) => node),
    edges: edgesOf(reached, payments.values()),
    hubs: all.filter(([name]) => hubs.has(name)).map(([, node]) => node as LinkHub),
    truncated,
  };
}

function othersOf(entity: LinkedEntity, payments: LinkingPayment[]) {
  const own = nameOf(entity);
  const others = new Map<string, { entity: LinkedEntity; payments: number }>();
  for (const { entities } of payments)
    for (const other of entities) {
      const name = nameOf(other);
      if (name === own) continue;
      const known = others.get(name);
      if (known) known.payments++;
      else others.set(name, { entity: other, payments: 1 });
    }
  return others;
}

/** Between all that was reached. */
function edgesOf(reached: ReadonlyMap<string, LinkedEntity>, payments: Iterable<LinkingPayment>): LinkEdge[] {
  const edges = new Map<string, LinkEdge>();
  for (const { entities, isFraud } of payments) {
    const ends = entities
      .map((entity) => ({ name: nameOf(entity), entity }))
      .filter(({ name }) => reached.has(name))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    ends.forEach(({ name, entity: from }, place) => {
      for (const { name: other, entity: to } of ends.slice(place + 1)) {
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
