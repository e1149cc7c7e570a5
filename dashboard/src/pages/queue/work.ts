import type { Case, CaseAct, CaseFilter, CaseResolution, EntityType, WholeCase } from '../../api/cases.ts';
import { reasonWords } from '../../api/desk.ts';
import type { Happening } from '../../api/types.ts';
import { count, plural } from '../../lib/format.ts';
import type { QueueSearch } from '../../searches.ts';

export type Show = NonNullable<QueueSearch['show']>;
export type Sort = NonNullable<QueueSearch['sort']>;

export const SHOWS: { value: Show; label: string }[] = [
  { value: 'open', label: 'Open' },
  { value: 'mine', label: 'Mine' },
  { value: 'unassigned', label: 'Unassigned' },
  { value: 'resolved', label: 'Resolved' },
];
export const ENTITY_NAMES: Record<EntityType, string> = {
  device: 'Device',
  card: 'Card',
  ip: 'IP',
  user: 'User',
  mailbox: 'Mailbox',
};
export const RESOLUTION_NAMES: Record<CaseResolution, string> = {
  fraud: 'Fraud',
  legitimate: 'Legitimate',
  unsure: 'Unsure',
};
export const resolutionName = (resolution: unknown): string =>
  RESOLUTION_NAMES[resolution as CaseResolution] ?? String(resolution);

/** What to ask the server for; undefined where there is nothing to ask: whoever has no name has no cases. */
export function filterOf(show: Show, sort: Sort, me: string | undefined, queue?: string): CaseFilter | undefined {
  const of = { sort, ...(queue === undefined ? {} : { queue }) };
  if (show === 'resolved') return { status: 'resolved', ...of };
  if (show === 'mine') return me === undefined ? undefined : { status: 'open', assignee: me, ...of };
  if (show === 'unassigned') return { status: 'open', assigned: 'no', ...of };
  return { status: 'open', ...of };
}

/** What the figure of a case is. */
export const AT_RISK = 'At risk: probability × amount, net of what was voided, refunded, refused or cancelled';

/** Those whose own fields have the text, which is in lower case. */
export function fitting(cases: Case[], text: string): Case[] {
  if (text === '') return cases;
  return cases.filter(({ id, entity, assignee, resolution, note }) =>
    [id, entity.id, entity.type, assignee, resolution, note].some((value) => value?.toLowerCase().includes(text)),
  );
}

const TYPES = Object.keys(ENTITY_NAMES) as EntityType[];

/** What a search may name of a case's payments: the entity as it is written, or one of any type with that id. */
export function entitiesNamed(text: string): string[] {
  const wanted = text.trim();
  if (wanted.length < 2) return [];
  const [type, id] = [wanted.slice(0, wanted.indexOf(':')).toLowerCase(), wanted.slice(wanted.indexOf(':') + 1).trim()];
  if (wanted.includes(':') && (TYPES as string[]).includes(type)) return id ? [`${type}:${id}`] : [];
  // A mailbox has an @, and little else does.
  return TYPES.filter((each) => each !== 'mailbox' || wanted.includes('@')).map((each) => `${each}:${wanted}`);
}

/** The list in the order in which it was read; what the reader has done with is left out. */
export function arranged(
  order: readonly string[],
  known: ReadonlyMap<string, Case>,
  done: ReadonlySet<string>,
): Case[] {
  return order.flatMap((id) => {
    const one = known.get(id);
    return one && !done.has(id) ? [one] : [];
  });
}

/** Something that was done to a case; `own` where it was this reader who did. */
export type Act = Happening & { own: boolean };

/** What people did to a case after it was seen, the oldest first, and how many payments have joined since. */
export interface Changes {
  acts: Act[];
  joined: number;
}

export function changesSince(
  seen: Pick<Case, 'version' | 'transactionCount'>,
  now: WholeCase,
  isOwn: (caseId: string, version: number) => boolean,
): Changes {
  const moved = now.version - seen.version;
  const tail = moved > 0 ? now.history.filter(movesVersion).slice(-moved) : [];
  return {
    // The last of them made the version that it has now.
    acts: tail.map((act, i) => ({ ...act, own: isOwn(now.id, now.version - tail.length + 1 + i) })),
    joined: Math.max(0, now.transactionCount - seen.transactionCount),
  };
}

/** What nobody did: it came about by an alert, a time or a queue's turn. */
export const isNobodys = ({ type, detail }: Happening): boolean =>
  type === 'opened' || type === 'escalated' || detail?.dealt === true || Array.isArray(detail?.from);

/** Whether it made a version. */
const movesVersion = (act: Happening): boolean => !isNobodys(act) || act.detail?.dealt === true;

/** Whether nobody else has done anything. */
export const onlyOwn = ({ acts }: Changes): boolean => acts.every(({ own }) => own);

/** What somebody did to a case, without who: "resolved it as fraud". */
export function deed({ type, detail }: Happening): string {
  switch (type) {
    case 'opened':
      return 'opened by its first alert';
    case 'assigned':
      if (typeof detail?.assignee !== 'string') return 'assigned it to nobody';
      if (detail.dealt === true) return `given to ${detail.assignee} in turn, from the queue ${String(detail.queue)}`;
      return `assigned it to ${detail.assignee}${typeof detail.queue === 'string' ? `, next of the queue ${detail.queue}` : ''}`;
    case 'commented':
      if (detail?.awaits === undefined) return 'commented';
      return detail.awaits === true ? 'asked the customer, who is awaited' : 'has the customer’s answer';
    case 'escalated':
      return 'was due, and nobody had worked it';
    case 'resolved':
      return `resolved it as ${String(detail?.resolution)}${typeof detail?.reason === 'string' ? `: ${reasonWords(detail.reason)}` : ''}`;
    case 'asked':
      return `asked to resolve it as ${String(detail?.resolution)}, which takes a second person`;
    case 'withdrawn':
      return 'took back what waited for a second person';
    case 'reopened':
      return 'reopened it';
    case 'merged':
      return Array.isArray(detail?.from)
        ? `made one of ${detail.from.length + 1} cases: an alert belonged to each`
        : 'merged another case into it';
    default:
      return type;
  }
}

/** What was written along with a deed. */
export function wordsOf({ detail }: Happening): string | undefined {
  const words = detail?.text ?? detail?.note;
  return typeof words === 'string' && words !== '' ? words : undefined;
}

/** What the reader wanted, as they would say it. */
export function wish(act: CaseAct): string {
  switch (act.kind) {
    case 'assign':
      return act.assignee === null ? 'assign it to nobody' : `assign it to ${act.assignee}`;
    case 'comment':
      return 'comment';
    case 'resolve':
      return `resolve it as ${act.resolution}`;
    case 'reopen':
      return 'reopen it';
    case 'merge':
      return 'merge it into another';
  }
}

/** What the reader had typed for it. */
export function typed(act: CaseAct): string | undefined {
  const text = act.kind === 'comment' ? act.text : act.kind === 'resolve' ? act.note : undefined;
  return text?.trim() ? text : undefined;
}

/** What a resolution does to the payments, of which some may be left out. */
export function effect(resolution: CaseResolution, payments: number, left = 0): string {
  const of = payments - left;
  const whole = payments === 1 ? 'its payment' : `all ${plural(payments, 'payment')}`;
  const some = left === 0 ? whole : `${count(of)} of ${plural(payments, 'payment')}`;
  const labels =
    resolution === 'unsure' ? 'The case is closed and nothing is labelled.' : `Labels ${some} as ${resolution}.`;
  if (left === 0) return labels;
  return `${labels} ${left === 1 ? 'The one that is left out becomes an open case' : `The ${count(left)} that are left out become one open case`} of ${left === 1 ? 'its' : 'their'} own.`;
}
