import { useQuery } from '@tanstack/react-query';
import { policyQuery } from '../../api/policy.ts';
import { live } from '../../live/live.ts';
import { useLiveRefresh } from '../../live/refresh.ts';
import { Panel } from '../../ui/bits.tsx';
import { Failed, LoadingRows } from '../../ui/states.tsx';
import { ControlForm } from './control-form.tsx';
import { PolicyVersions } from './policy-versions.tsx';
import { PolicyHeader } from './tabs.tsx';
import { ThresholdsForm } from './thresholds-form.tsx';

/** What is one value beside rules and lists: thresholds, the control share, and every version of the whole. */
export function PolicyPage() {
  const { data, error, refetch } = useQuery(policyQuery());
  useLiveRefresh(['policy'], 1_500, () => live.totals().policies);
  return (
    <>
      <PolicyHeader
        title="Policy"
        note={
          data
            ? `Version ${data.version}. Every decision names the version that made it.`
            : 'Thresholds, control share, versions.'
        }
      />
      {error && !data ? (
        <Panel>
          <Failed error={error} retry={() => void refetch()} />
        </Panel>
      ) : !data ? (
        <Panel>
          <LoadingRows rows={4} />
        </Panel>
      ) : (
        <div className="grid items-start gap-4 lg:grid-cols-2">
          <ThresholdsForm key={`t ${JSON.stringify(data.thresholds)}`} policy={data} />
          <div className="grid gap-4">
            <ControlForm key={`c ${JSON.stringify(data.control)}`} policy={data} />
            <PolicyVersions current={data.version} />
          </div>
        </div>
      )}
    </>
  );
}
