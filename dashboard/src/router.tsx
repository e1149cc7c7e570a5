import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { readTransactionSearch } from './payment-filters.ts';
import {
  DRIFT_WINDOWS,
  type DriftWindow,
  LEDGERS,
  type LedgerSearch,
  PROOF_WINDOWS,
  type ProofSearch,
  QUEUE_SHOWS,
  type QueueSearch,
  TEAM_WINDOWS,
  type TeamWindow,
  WINDOWS,
  type Window,
} from './searches.ts';
import { Layout } from './shell/layout.tsx';
import { Empty, Failed, LoadingRows } from './ui/states.tsx';

const root = createRootRoute({
  component: Layout,
  notFoundComponent: () => (
    <Empty title="There is no such page">
      <a href="/" className="underline">
        Overview
      </a>
    </Empty>
  ),
  errorComponent: ({ error, reset }) => <Failed error={error} retry={reset} />,
});

const oneOf = <T extends string>(values: readonly T[], value: unknown): T | undefined =>
  values.includes(value as T) ? (value as T) : undefined;
const text = (value: unknown): string | undefined =>
  (typeof value === 'string' || typeof value === 'number') && value !== '' ? String(value) : undefined;

const overview = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: (search): { window?: Window } => ({ window: oneOf(WINDOWS, search.window) }),
  component: lazyRouteComponent(() => import('./pages/overview/overview.tsx'), 'Overview'),
});
const feed = createRoute({
  getParentRoute: () => root,
  path: '/feed',
  component: lazyRouteComponent(() => import('./pages/feed.tsx'), 'Feed'),
});
const queue = createRoute({
  getParentRoute: () => root,
  path: '/queue',
  validateSearch: (search): QueueSearch => ({
    case: text(search.case),
    show: oneOf(QUEUE_SHOWS, search.show),
    sort: oneOf(['risk', 'newest', 'due'] as const, search.sort),
    queue: text(search.queue),
  }),
  component: lazyRouteComponent(() => import('./pages/queue/queue.tsx'), 'Queue'),
});
const team = createRoute({
  getParentRoute: () => root,
  path: '/queue/team',
  validateSearch: (search): { window?: TeamWindow } => ({ window: oneOf(TEAM_WINDOWS, search.window) }),
  component: lazyRouteComponent(() => import('./pages/team/team.tsx'), 'Team'),
});
const decision = createRoute({
  getParentRoute: () => root,
  path: '/decisions/$id',
  component: lazyRouteComponent(() => import('./pages/decision/decision-page.tsx'), 'DecisionPage'),
});
const entity = createRoute({
  getParentRoute: () => root,
  path: '/entities/$type/$id',
  // Whoever comes to put it on a list is asked which.
  validateSearch: (search): { list?: true } => (search.list === true ? { list: true } : {}),
  component: lazyRouteComponent(() => import('./pages/entity/entity.tsx'), 'EntityPage'),
});

const transactions = createRoute({
  getParentRoute: () => root,
  path: '/transactions',
  validateSearch: readTransactionSearch,
  component: lazyRouteComponent(() => import('./pages/transactions/transactions.tsx'), 'Transactions'),
});
const users = createRoute({
  getParentRoute: () => root,
  path: '/users',
  validateSearch: (search): { q?: string; who?: 'registered' } => ({
    q: text(search.q),
    who: oneOf(['registered'] as const, search.who),
  }),
  component: lazyRouteComponent(() => import('./pages/users/users.tsx'), 'Users'),
});
const models = createRoute({
  getParentRoute: () => root,
  path: '/models',
  validateSearch: (search): { model?: string } => ({ model: text(search.model) }),
  component: lazyRouteComponent(() => import('./pages/models/models.tsx'), 'Models'),
});
const proof = createRoute({
  getParentRoute: () => root,
  path: '/proof',
  validateSearch: (search): ProofSearch => ({
    model: text(search.model),
    against: text(search.against),
    window: oneOf(PROOF_WINDOWS, search.window),
  }),
  component: lazyRouteComponent(() => import('./pages/proof/proof-page.tsx'), 'ProofPage'),
});
const rules = createRoute({
  getParentRoute: () => root,
  path: '/rules',
  component: lazyRouteComponent(() => import('./pages/rules/rules.tsx'), 'Rules'),
});
const newRule = createRoute({
  getParentRoute: () => root,
  path: '/rules/new',
  validateSearch: (search): { from?: string } => ({ from: text(search.from) }),
  component: lazyRouteComponent(() => import('./pages/rules/new-rule.tsx'), 'NewRule'),
});
const rule = createRoute({
  getParentRoute: () => root,
  path: '/rules/edit/$id',
  component: lazyRouteComponent(() => import('./pages/rules/rule-page.tsx'), 'RulePage'),
});
const lists = createRoute({
  getParentRoute: () => root,
  path: '/rules/lists',
  component: lazyRouteComponent(() => import('./pages/lists/lists.tsx'), 'Lists'),
});
const list = createRoute({
  getParentRoute: () => root,
  path: '/rules/lists/$name',
  validateSearch: (search): { q?: string } => ({ q: text(search.q) }),
  component: lazyRouteComponent(() => import('./pages/lists/list.tsx'), 'ListPage'),
});
const backtests = createRoute({
  getParentRoute: () => root,
  path: '/rules/backtests',
  validateSearch: (search): { id?: string } => ({ id: text(search.id) }),
  component: lazyRouteComponent(() => import('./pages/rules/backtests.tsx'), 'Backtests'),
});
const policy = createRoute({
  getParentRoute: () => root,
  path: '/rules/policy',
  component: lazyRouteComponent(() => import('./pages/rules/policy.tsx'), 'PolicyPage'),
});
const ledgers = createRoute({
  getParentRoute: () => root,
  path: '/ledgers',
  validateSearch: (search): LedgerSearch => ({
    ledger: oneOf(LEDGERS, search.ledger),
    period: text(search.period),
    part: text(search.part),
    of: text(search.of),
  }),
  component: lazyRouteComponent(() => import('./pages/ledgers/ledgers.tsx'), 'Ledgers'),
});
const drift = createRoute({
  getParentRoute: () => root,
  path: '/drift',
  validateSearch: (search): { window?: DriftWindow } => ({ window: oneOf(DRIFT_WINDOWS, search.window) }),
  component: lazyRouteComponent(() => import('./pages/drift/drift.tsx'), 'Drift'),
});
const tryIt = createRoute({
  getParentRoute: () => root,
  path: '/try',
  component: lazyRouteComponent(() => import('./pages/try/try.tsx'), 'TryIt'),
});
const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  component: lazyRouteComponent(() => import('./pages/settings.tsx'), 'Settings'),
});
const about = createRoute({
  getParentRoute: () => root,
  path: '/about',
  component: lazyRouteComponent(() => import('./pages/about.tsx'), 'About'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    overview,
    feed,
    queue,
    team,
    decision,
    entity,
    transactions,
    users,
    models,
    proof,
    rules,
    newRule,
    rule,
    lists,
    list,
    backtests,
    policy,
    ledgers,
    drift,
    tryIt,
    settings,
    about,
  ]),
  defaultPreload: 'intent',
  defaultPendingComponent: () => <LoadingRows />,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
