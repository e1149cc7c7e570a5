/** What a team sets up for its work on cases; one kind of record for all of it. */
export const DESK_KINDS = ['queue', 'template', 'absence'] as const;
export type DeskKind = (typeof DESK_KINDS)[number];

export interface DeskData {
  deskId: string;
  kind: DeskKind;
  action: 'create' | 'update' | 'delete';
  /** As the caller saw it. */
  version?: number;
  /** Of a queue or a template; of an absence, who is away. */
  name?: string;
  body?: DeskBody;
  by?: string;
}

export type DeskBody = QueueBody | TemplateBody | AbsenceBody;

/** Which cases a queue has, and who works them. What is null is not asked. */
export interface QueueBody extends QueueFilter {
  /** By the names that cases are assigned to. */
  members: string[];
  /** `pull`: whoever is free asks for the next one. `round-robin`: each new one is given to the members in turn. */
  mode: 'pull' | 'round-robin';
  /** A member with so many open cases is given no more. */
  capacity: number | null;
}

export interface QueueFilter {
  /** Ids of rules, one of which hit live in a payment of the case. */
  rules: string[] | null;
  /** Of the case's payments together, base currency: from, and below. */
  minAmount: number | null;
  maxAmount: number | null;
  minScore: number | null;
}

export interface TemplateBody {
  text: string;
}

export interface AbsenceBody {
  /** RFC 3339; null: until they say that they are back. */
  until: string | null;
}

/** Of one kind. */
export const MOST_OF_A_KIND = 200;

export const absenceId = (member: string): string => `away:${member}`;

/** Whoever comes after the one who was given a case last, among those who may be given one; undefined where nobody may. */
export function nextInTurn(
  members: readonly string[],
  last: string | null,
  mayHave: (member: string) => boolean,
): string | undefined {
  // -1 where the last one is no member any more: the first is next.
  const from = last === null ? -1 : members.indexOf(last);
  for (let step = 1; step <= members.length; step++) {
    const member = members[(from + step) % members.length];
    if (mayHave(member)) return member;
  }
  return undefined;
}
