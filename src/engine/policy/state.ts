import {
  CONTROL_OFF,
  type Control,
  type ListHead,
  type RuleVersion,
  THRESHOLDS_OF_MODEL,
  type Thresholds,
} from '../../domain/policy.ts';
import type { List } from '../../policy/lists/list.ts';

/** What the log's commands made of the policy: the value in force, every version of it, and the lists' entries. */
export interface PolicyState {
  /** 0 until the first change. */
  version: number;
  thresholds: Thresholds;
  control: Control;
  /** Hex; what the control share is drawn by. */
  secret: string | null;
  /** By id, deleted ones too, in the order of their making. */
  rules: Map<string, RuleState>;
  lists: Map<string, ListState>;
  /** What made version i + 1 of version i. */
  changes: PolicyChange[];
  /** Answers to commands that came with an Idempotency-Key, by the record's key; the oldest first. */
  answers: Map<string, KeptAnswer>;
  /** What became of the newest commands, by sequence: for the audit and the feed. */
  outcomes: Map<number, Settled>;
}

/** The policy's version after a command, or why it was refused. */
export interface Settled {
  version: number;
  error?: PolicyAnswer['error'];
}

export interface RuleState {
  id: string;
  /** Ascending; a proposal is one of them. */
  versions: RuleVersion[];
  /** In force; null where it was deleted or has not been approved yet. */
  current: RuleVersion | null;
  /** Waits for another key. */
  proposed: RuleVersion | null;
}

export interface ListState {
  head: ListHead;
  list: List;
}

export type PolicyChange = {
  /** Milliseconds. */
  at: number;
  by: string | null;
} & (
  | { kind: 'rule'; action: 'create' | 'put' | 'delete' | 'restore' | 'approve'; id: string; version: number | null }
  | { kind: 'thresholds'; thresholds: Thresholds }
  | { kind: 'control'; control: Control }
  | { kind: 'restore'; restores: number }
  | { kind: 'list'; action: 'create' | 'delete'; head: ListHead }
);

export interface KeptAnswer {
  at: number;
  type: string;
  bodyHash: string;
  answer: PolicyAnswer;
}

/** What became of a command: as HTTP answers it. */
export interface PolicyAnswer {
  status: number;
  body?: Record<string, unknown>;
  error?: { code: 'conflict' | 'not_found' | 'forbidden'; detail: string };
}

export function emptyPolicy(): PolicyState {
  return {
    ...{ version: 0, thresholds: THRESHOLDS_OF_MODEL, control: CONTROL_OFF, secret: null, changes: [] },
    ...{ rules: new Map(), lists: new Map(), answers: new Map(), outcomes: new Map() },
  };
}
