import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Hourglass } from 'lucide-react';
import type { Model, ModelList } from '../../api/model-types.ts';
import { type Proof, proofQuery } from '../../api/proof.ts';
import { count, percent, plural } from '../../lib/format.ts';
import { Panel, Time } from '../../ui/bits.tsx';
import { Empty, Failed, LoadingBlock } from '../../ui/states.tsx';
import { StateBadge, type Tone } from '../ledgers/rate-bar.tsx';
import { modelName } from '../models/metrics.ts';
import { Figures } from './figures.tsx';
import { Known } from './known.tsx';
import type { Names } from './names.ts';

const page = getRouteApi('/proof');

/** One model beside what it is held against. */
export function OneProof({ model, against, list }: { model: Model; against: string; list: ModelList }) {
  const { window = '30d' } = page.useSearch();
  const policy = /^policy:(\d+)$/.exec(against)?.[1];
  const asked = {
    window,
    ...(policy === undefined ? (against === '' ? {} : { against }) : { policy: Number(policy) }),
  };
  const isAsked = against !== '' || hasUsual(model, list);
  const { data, error, isPlaceholderData, refetch } = useQuery({
    ...proofQuery(model.version, asked),
    enabled: isAsked,
  });
  if (!isAsked)
    return (
      <Panel>
        <Empty title="There is nothing to hold it against yet" icon={<Hourglass />}>
          {modelName(model)} has decided from the first. Labels compare two: bring in another model, or change
          thresholds or rules, and choose it under “Held against”. Neither has to run at the time: what was recorded is
          judged by both.
        </Empty>
      </Panel>
    );
  if (error) return <Failed error={error} retry={() => void refetch()} />;
  if (!data)
    return (
      <>
        <p className="mb-2 text-muted" role="status">
          The log of this window is judged by both …
        </p>
        <LoadingBlock height={320} />
      </>
    );
  const names = namesOf(data, list);
  return (
    <div className={`grid gap-4 ${isPlaceholderData ? 'opacity-60' : ''}`} aria-busy={isPlaceholderData}>
      <Verdict proof={data} names={names} />
      {data.decisions > 0 && <Figures proof={data} names={names} />}
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <Known proof={data} />
        <Unknown proof={data} />
      </div>
    </div>
  );
}

/** Whether something stands for “what is usual”: the champion, and for the champion what decided before it. */
function hasUsual({ version }: Model, { champion, promotions }: ModelList): boolean {
  if (champion !== null && champion !== version) return true;
  return promotions.some((one) => one.version === version && one.previous !== null && one.previous !== version);
}

function namesOf({ version, policyVersion, than }: Proof, list: ModelList): Names {
  const name = (of: string) => modelName(list.data.find((one) => one.version === of) ?? { version: of });
  return than.version === version
    ? { challenger: `Policy ${policyVersion}`, against: `Policy ${than.policyVersion}` }
    : { challenger: name(version), against: name(than.version) };
}

const DECIDED: Record<Proof['test']['decided'], [tone: Tone, words: string]> = {
  better: ['good', 'Better'],
  worse: ['bad', 'Worse'],
  open: ['none', 'Not decided yet'],
};

function Verdict({ proof, names }: { proof: Proof; names: Names }) {
  const { verdict, test, window, decisions } = proof;
  const [tone, words] = DECIDED[test.decided];
  return (
    <Panel title="Verdict" aside={<StateBadge tone={tone}>{words}</StateBadge>}>
      <p className="max-w-3xl text-lg font-medium text-pretty">{verdict}</p>
      <p className="mt-1 max-w-3xl text-muted text-pretty">
        {names.challenger} beside {names.against}, of {plural(decisions, 'decision')}, <Time at={window.from} long /> –{' '}
        <Time at={window.to} long />.
      </p>
      {test.frauds > 0 && (
        <p className="num mt-2 max-w-3xl text-xs text-muted text-pretty">
          Of {plural(test.frauds, 'reported fraud')} {count(test.challengerOnly)} were caught by {names.challenger}{' '}
          alone and {count(test.againstOnly)} by {names.against} alone
          {test.boundary !== null &&
            test.decided === 'open' &&
            `; the greater of both has to reach ${count(test.boundary)}`}
          {test.since !== null && (
            <>
              ; that was decided on <Time at={test.since} long />
            </>
          )}
          . The test may be looked at every day: two equals are called different in {percent(test.alpha)} of cases at
          most, over all time.
        </p>
      )}
    </Panel>
  );
}

/** What no label can tell, said before it is missed. */
function Unknown({ proof: { labels, control, notes } }: { proof: Proof }) {
  // Said above, with what it means for the figures.
  const others = notes.filter((note) => !note.includes('were not executed'));
  return (
    <Panel title="What cannot be known">
      <div className="grid gap-2 text-pretty">
        {labels.blocked === 0 ? (
          <p>Every payment of this window was executed, so that each can turn out to be fraud or not.</p>
        ) : (
          <p>
            <strong className="num font-semibold">{count(labels.blocked)}</strong> payments were declined or are held:
            nobody learns what they would have been.{' '}
            {control.letThrough > 0
              ? `${plural(control.letThrough, 'decline')} that the control share let through stand${control.letThrough === 1 ? 's' : ''} for them.`
              : 'Values are of the others; thin lines hold whatever they were.'}
          </p>
        )}
        {labels.blocked > 0 && control.share === 0 && (
          <p className="text-muted">
            No control share is set. A percent of declines, let through by chance (Rules, Policy), would stand for the
            others and make the bounds narrow.
          </p>
        )}
        {others.length > 0 && (
          <ul className="grid list-disc gap-1 pl-4 text-muted">
            {others.map((note) => (
              <li key={note} className="break-words">
                {note}
              </li>
            ))}
          </ul>
        )}
        <p className="text-muted">
          What takes longer to be reported than anybody has waited so far is not reckoned with.
        </p>
      </div>
    </Panel>
  );
}
