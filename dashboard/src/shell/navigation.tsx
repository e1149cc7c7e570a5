import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import {
  Activity,
  ArrowLeftRight,
  BadgeCheck,
  BookOpen,
  FlaskConical,
  Info,
  Keyboard,
  Landmark,
  Layers,
  LayoutDashboard,
  ListChecks,
  Monitor,
  Moon,
  Scale,
  Search,
  Settings,
  Sun,
  Users,
  Waves,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { caseStatsQuery } from '../api/cases.ts';
import { countShort } from '../lib/format.ts';
import { type Theme, useTheme } from '../lib/theme.ts';
import { live } from '../live/live.ts';
import { useLiveRefresh } from '../live/refresh.ts';
import { Kbd } from '../ui/bits.tsx';
import { IconButton } from '../ui/button.tsx';
import { LiveState } from './live-state.tsx';

export function Logo() {
  return (
    <Link to="/" className="flex items-center gap-2 rounded-md" aria-label="Assay, overview">
      <svg viewBox="0 0 24 24" className="size-6" aria-hidden="true">
        <circle cx="12" cy="12" r="8.5" className="fill-none stroke-ink" strokeWidth="1.8" />
        <path d="M12 3.5a8.5 8.5 0 0 1 0 17z" className="fill-review-fill" />
        <circle cx="12" cy="12" r="8.5" className="fill-none stroke-ink" strokeWidth="1.8" />
      </svg>
      <span className="text-[0.9375rem] font-semibold tracking-tight">Assay</span>
    </Link>
  );
}

const ITEM =
  'flex h-8 items-center gap-2.5 rounded-[7px] px-2 text-sm font-medium text-muted transition-colors hover:bg-sunken hover:text-ink [&_svg]:size-4 [&_svg]:shrink-0 max-lg:h-10';
const ACTIVE = { className: 'bg-sunken !text-ink', 'aria-current': 'page' as const };

type Path =
  | '/'
  | '/feed'
  | '/queue'
  | '/transactions'
  | '/users'
  | '/models'
  | '/proof'
  | '/rules'
  | '/drift'
  | '/ledgers'
  | '/try'
  | '/settings'
  | '/about';

function Item({ to, icon, children, badge }: { to: Path; icon: ReactNode; children: ReactNode; badge?: ReactNode }) {
  return (
    <li>
      <Link to={to} className={ITEM} activeProps={ACTIVE} activeOptions={{ exact: to === '/', includeSearch: false }}>
        {icon}
        {children}
        {badge}
      </Link>
    </li>
  );
}

/** As the reader's keyboard has it. */
const SEARCH_KEY = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘ K' : 'Ctrl K';

export function Navigation({ onHelp, onSearch }: { onHelp: () => void; onSearch: () => void }) {
  return (
    <div className="flex h-full flex-col gap-4 overflow-y-auto px-3 py-4">
      <div className="px-2">
        <Logo />
      </div>
      <button
        type="button"
        aria-keyshortcuts="Control+K Meta+K"
        onClick={onSearch}
        className="flex h-8 shrink-0 items-center gap-2.5 rounded-[7px] border border-line bg-surface px-2 text-sm text-muted transition-colors hover:border-edge hover:text-ink max-lg:h-10"
      >
        <Search className="size-4" />
        Search
        <span className="ml-auto max-lg:hidden">
          <Kbd>{SEARCH_KEY}</Kbd>
        </span>
      </button>
      <nav aria-label="Pages" className="flex flex-1 flex-col gap-4">
        <ul className="flex flex-col gap-0.5">
          <Item to="/" icon={<LayoutDashboard />}>
            Overview
          </Item>
          <Item to="/feed" icon={<Activity />}>
            Live feed
          </Item>
          <Item to="/queue" icon={<ListChecks />} badge={<Waiting />}>
            Review queue
          </Item>
        </ul>
        <ul className="flex flex-col gap-0.5">
          <Item to="/transactions" icon={<ArrowLeftRight />}>
            Transactions
          </Item>
          <Item to="/users" icon={<Users />}>
            Users
          </Item>
          <Item to="/rules" icon={<Scale />}>
            Rules
          </Item>
          <Item to="/models" icon={<Layers />}>
            Models
          </Item>
          <Item to="/proof" icon={<BadgeCheck />}>
            Proof
          </Item>
          <Item to="/drift" icon={<Waves />}>
            Drift
          </Item>
          <Item to="/ledgers" icon={<Landmark />}>
            Ledgers
          </Item>
          <Item to="/try" icon={<FlaskConical />}>
            Try it
          </Item>
        </ul>
        <ul className="mt-auto flex flex-col gap-0.5">
          <Item to="/settings" icon={<Settings />}>
            Settings
          </Item>
          <li>
            <a href="/docs" className={ITEM}>
              <BookOpen />
              API reference
            </a>
          </li>
          <Item to="/about" icon={<Info />}>
            About
          </Item>
        </ul>
      </nav>
      <div className="flex items-center border-t border-line pt-3">
        <LiveState />
        <div className="ml-auto flex">
          <IconButton label="Keyboard shortcuts" onClick={onHelp}>
            <Keyboard className="size-4" />
          </IconButton>
          <ThemeButton />
        </div>
      </div>
    </div>
  );
}

/** How many cases wait for a person. */
function Waiting() {
  const { data } = useQuery({ ...caseStatsQuery(), notifyOnChangeProps: ['data'] });
  useLiveRefresh(caseStatsQuery().queryKey, 8_000, () => live.totals().alerts + live.totals().cases);
  if (!data || data.open === 0) return null;
  return (
    <span className="num ml-auto rounded-full bg-review-soft px-1.5 text-2xs font-semibold text-review">
      {countShort(data.open)}
      <span className="sr-only"> waiting</span>
    </span>
  );
}

const NEXT: Record<Theme, { next: Theme; label: string; icon: ReactNode }> = {
  system: { next: 'light', label: 'Theme: as the system. Change to light', icon: <Monitor className="size-4" /> },
  light: { next: 'dark', label: 'Theme: light. Change to dark', icon: <Sun className="size-4" /> },
  dark: { next: 'system', label: 'Theme: dark. Change to the system’s', icon: <Moon className="size-4" /> },
};

function ThemeButton() {
  const [theme, setTheme] = useTheme();
  const { next, label, icon } = NEXT[theme];
  return (
    <IconButton label={label} onClick={() => setTheme(next)}>
      {icon}
    </IconButton>
  );
}
