import { Link } from '@tanstack/react-router';
import type { Rule } from '../../api/policy.ts';
import { useBaseCurrency } from '../../api/session.ts';
import { count, moneyShort, plural } from '../../lib/format.ts';
import { Time } from '../../ui/bits.tsx';
import { Precision } from './effect.tsx';
import { precisionWords } from './figures.ts';
import { Asks, ModeBadge } from './mode-badge.tsx';
import { Overlap } from './overlap.tsx';
import { useRuleFigures } from './use-figures.ts';

/** One row a rule, the live ones first. */
export function RuleTable({ rules }: { rules: Rule[] }) {
  const figures = useRuleFigures();
  const base = useBaseCurrency();
  return (
    <div className="overflow-x-auto">
      <table className="w-full">
        <thead>
          <tr className="h-9 text-left text-xs text-muted [&_th]:px-2 [&_th]:font-medium">
            <th className="!pl-4">Rule</th>
            <th>Mode</th>
            <th className="max-sm:hidden">Asks for</th>
            <th className="text-right max-md:hidden">Priority</th>
            {figures.shown && (
              <>
                <th className="text-right max-md:hidden">Hits</th>
                <th className="max-lg:hidden">Precision</th>
                <th className="text-right max-lg:hidden">Money</th>
                <th className="max-lg:hidden">Overlap</th>
              </>
            )}
            <th className="!pr-4 max-md:hidden">Last change</th>
          </tr>
        </thead>
        <tbody>
          {rules.map((rule) => {
            const [own, fault] = [figures.of(rule.id), figures.faultOf(rule.id)];
            return (
              <tr key={rule.id} className="relative border-t border-line hover:bg-sunken [&_td]:px-2 [&_td]:py-2">
                <td className="max-w-72 !pl-4">
                  <Link
                    to="/rules/edit/$id"
                    params={{ id: rule.id }}
                    className="font-medium after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:outline-offset-[-2px] focus-visible:after:outline-info"
                  >
                    {rule.name}
                  </Link>
                  <span className="id block truncate text-muted">{rule.id}</span>
                  {fault && <span className="block text-xs text-pretty text-review">{fault}</span>}
                  <span className="block text-xs sm:hidden">
                    <Asks outcome={rule.outcome} hard={rule.hard} />
                  </span>
                  {own && (
                    <span className="num block text-xs text-muted md:hidden">
                      {plural(own.hits, 'hit')}
                      {own.hits > 0 && ` · ${moneyShort(own.amount, base)}`}
                      {own.precision !== null && ` · ${precisionWords(own.precision, own.interval)}`}
                    </span>
                  )}
                </td>
                <td>
                  <ModeBadge mode={rule.mode} />
                  {(rule.proposed || rule.status === 'proposed') && (
                    <span className="block text-2xs font-medium text-review">proposed</span>
                  )}
                  {rule.rollout && <span className="num block text-2xs text-muted">{rule.rollout.percent}%</span>}
                </td>
                <td className="max-sm:hidden">
                  <Asks outcome={rule.outcome} hard={rule.hard} />
                </td>
                <td className="num text-right max-md:hidden">{rule.priority}</td>
                {figures.shown && (
                  <>
                    <td className="num text-right max-md:hidden">{own ? count(own.hits) : '–'}</td>
                    <td className="max-lg:hidden">
                      {own && own.hits > 0 ? <Precision {...own} /> : <span className="text-muted">–</span>}
                    </td>
                    <td className="num text-right max-lg:hidden">{own ? moneyShort(own.amount, base) : '–'}</td>
                    <td className="max-lg:hidden">
                      {own ? <Overlap hits={own.hits} beside={own.overlap} /> : <span className="text-muted">–</span>}
                    </td>
                  </>
                )}
                <td className="!pr-4 text-xs text-muted max-md:hidden">
                  <Time at={rule.updatedAt} />
                  {rule.updatedBy && <span className="id block max-w-32 truncate">{rule.updatedBy}</span>}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {figures.shown && (
        <p className="border-t border-line px-4 py-2 text-xs text-muted">
          Hits, precision, money and overlap (the share of a rule’s hits that another rule hits too) of the last 30 days
          {figures.since && (
            <>
              , known since <Time at={figures.since} />
            </>
          )}
          .
        </p>
      )}
    </div>
  );
}
