import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Layers } from 'lucide-react';
import type { Model, ModelList } from '../../api/model-types.ts';
import { modelListQuery } from '../../api/models.ts';
import { policyQuery } from '../../api/policy.ts';
import type { ProofSearch, ProofWindow } from '../../searches.ts';
import { PageHeader, Panel, Segmented } from '../../ui/bits.tsx';
import { Choice } from '../../ui/field.tsx';
import { Empty, Failed, LoadingRows } from '../../ui/states.tsx';
import { modelName } from '../models/metrics.ts';
import { OneProof } from './one-proof.tsx';

const WINDOWS: readonly { value: ProofWindow; label: string }[] = [
  { value: '7d', label: 'Week' },
  { value: '30d', label: '30 days' },
  { value: '90d', label: '90 days' },
];
/** Versions of the policy that are offered, the latest. */
const POLICIES = 12;
const page = getRouteApi('/proof');

/** What labels have shown of a model so far, beside another or under another policy. */
export function ProofPage() {
  const { data: list, error, refetch } = useQuery(modelListQuery());
  const { window = '30d' } = page.useSearch();
  const navigate = page.useNavigate();
  return (
    <>
      <PageHeader
        title="Proof"
        note="What labels have shown so far of a model beside another, and of a policy beside the one before"
      >
        <Segmented
          label="Window"
          value={window}
          options={WINDOWS}
          onChange={(window) => void navigate({ search: (now) => ({ ...now, window }) })}
        />
      </PageHeader>
      {error && !list ? (
        <Failed error={error} retry={() => void refetch()} />
      ) : !list ? (
        <LoadingRows rows={6} />
      ) : list.data.length === 0 ? (
        <Panel>
          <Empty title="No model is kept here" icon={<Layers />}>
            Payments are decided by rules alone. Once a model decides, or is scored beside one, labels show here what it
            is worth.
          </Empty>
        </Panel>
      ) : (
        <Asked list={list} />
      )}
    </>
  );
}

/** Who is looked at where nobody says: whoever is about to decide, else who does. */
function usual({ data, shadow, canary, champion }: ModelList): Model {
  const wanted = [canary?.version, shadow, champion].find(
    (version) => version && data.some((one) => one.version === version),
  );
  return data.find(({ version }) => version === wanted) ?? data[0];
}

function Asked({ list }: { list: ModelList }) {
  const search = page.useSearch();
  const navigate = page.useNavigate();
  const current = useQuery(policyQuery()).data?.version;
  const model = list.data.find(({ version }) => version === search.model) ?? usual(list);
  const choose = (next: ProofSearch) => void navigate({ search: (now) => ({ ...now, ...next }), replace: true });
  const others = list.data.filter(({ version }) => version !== model.version);
  const policies = Array.from({ length: Math.min(POLICIES, current ?? 0) }, (_, i) => (current ?? 0) - 1 - i);
  const against = search.against ?? '';
  const isKnown =
    against === '' ||
    policies.some((one) => against === `policy:${one}`) ||
    others.some(({ version }) => version === against);
  return (
    <>
      <div className="mb-4 grid gap-3 sm:grid-cols-2 lg:max-w-3xl">
        <Choice
          label="Model"
          className="w-full"
          value={model.version}
          onChange={({ target }) => choose({ model: target.value, against: undefined })}
        >
          {list.data.map((one) => (
            <option key={one.version} value={one.version}>
              {`${modelName(one)} – ${roleWords(one, list)}`}
            </option>
          ))}
        </Choice>
        <Choice
          label="Held against"
          className="w-full"
          value={against}
          onChange={({ target }) => choose({ model: model.version, against: target.value || undefined })}
        >
          <option value="">
            {model.version === list.champion ? 'The version that decided before it' : 'The champion'}
          </option>
          {!isKnown && <option value={against}>{against}</option>}
          {policies.length > 0 && (
            <optgroup label="The same model under an earlier policy">
              {policies.map((version, i) => (
                <option key={version} value={`policy:${version}`}>
                  {i === 0 ? `The policy before: version ${version}` : `Policy version ${version}`}
                </option>
              ))}
            </optgroup>
          )}
          {others.length > 0 && (
            <optgroup label="Another model">
              {others.map((one) => (
                <option key={one.version} value={one.version}>
                  {`${modelName(one)} – ${roleWords(one, list)}`}
                </option>
              ))}
            </optgroup>
          )}
        </Choice>
      </div>
      <OneProof key={`${model.version} ${against}`} model={model} against={against} list={list} />
      <p className="mt-4 text-xs text-muted">
        Both sides judge the very payments that were decided here. Roles are changed on the{' '}
        <Link to="/models" search={{ model: model.version }} className="text-info underline underline-offset-2">
          page of models
        </Link>
        .
      </p>
    </>
  );
}

function roleWords({ version, role }: Model, { canary }: ModelList): string {
  if (role === 'champion') return 'decides';
  if (canary?.version === version) return `decides for ${canary.percent}%`;
  return role === 'shadow' ? 'in shadow' : 'kept';
}
