/** How somebody looks at the list of payments, kept to be looked at again. */
export interface ViewData {
  viewId: string;
  action: 'create' | 'update' | 'delete';
  name?: string;
  /** By the names of the list's parameters. */
  filters?: Record<string, string | number>;
  /** For all; else for whoever made it. */
  shared?: boolean;
  by?: string;
}

/** Of one key. */
export const MOST_VIEWS = 100;

/** What says whose payments are looked at is no part of a view, so that nobody's name outlives an erasure in one. */
export const UNKEPT_FILTERS = ['userId', 'cardId', 'deviceId', 'payeeId', 'ip', 'email'] as const;
