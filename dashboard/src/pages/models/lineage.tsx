import { useQuery } from '@tanstack/react-query';
import { ExternalLink } from 'lucide-react';
import type { Model } from '../../api/model-types.ts';
import { modelQuery } from '../../api/models.ts';
import { capital, count, percent, plural } from '../../lib/format.ts';
import { Panel, Time } from '../../ui/bits.tsx';
import { buttonClass } from '../../ui/button.tsx';

/** Where it comes from: the data, the options, the code. */
export function Lineage({ model }: { model: Model }) {
  const { data } = useQuery(modelQuery(model.version));
  const { lineage = {}, thresholds } = model;
  const options = Object.entries((lineage.options ?? {}) as Record<string, unknown>);
  return (
    <Panel
      title="Training"
      aside={
        model.report && (
          <a
            href={`/api/models/${model.version}/report`}
            target="_blank"
            rel="noreferrer"
            className={buttonClass('plain', true)}
          >
            Training report
            <ExternalLink className="size-3.5" aria-hidden="true" />
            <span className="sr-only">(opens in a new tab)</span>
          </a>
        )
      }
    >
      <dl className="grid gap-1.5">
        <Row name="Version">
          <span className="id break-all">{model.version}</span>
        </Row>
        {model.trainedFrom && model.trainedTo && (
          <Row name="Events">
            <Time at={model.trainedFrom} /> – <Time at={model.trainedTo} />
          </Row>
        )}
        {typeof lineage.rows === 'number' && (
          <Row name="Rows">
            {count(lineage.rows)}
            {typeof lineage.frauds === 'number' && `, ${plural(lineage.frauds, 'fraud')}`}
          </Row>
        )}
        {thresholds && (
          <Row name="Thresholds">
            review from {percent(thresholds.review)}, decline from {percent(thresholds.decline)}
          </Row>
        )}
        {data?.calibration && <Row name="Calibration">{capital(data.calibration)}</Row>}
        {model.featureSchema && (
          <Row name="Feature schema">
            <span className="id break-all">{model.featureSchema}</span>
          </Row>
        )}
        {typeof lineage.dataSha256 === 'string' && (
          <Row name="Data (SHA-256)">
            <span className="id break-all">{lineage.dataSha256}</span>
          </Row>
        )}
        {lineage.seed !== undefined && <Row name="Seed">{String(lineage.seed)}</Row>}
        {lineage.codeVersion !== undefined && <Row name="Assay">{String(lineage.codeVersion)}</Row>}
        {model.promotedAt && (
          <Row name="Promoted">
            <Time at={model.promotedAt} long />
          </Row>
        )}
      </dl>
      {options.length > 0 && (
        <details className="mt-3">
          <summary className="text-xs font-medium text-muted">Options</summary>
          <dl className="mt-2 grid gap-1">
            {options.map(([name, value]) => (
              <Row key={name} name={name}>
                <span className="id">{typeof value === 'object' ? JSON.stringify(value) : String(value)}</span>
              </Row>
            ))}
          </dl>
        </details>
      )}
    </Panel>
  );
}

function Row({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="grid grid-cols-[8rem_minmax(0,1fr)] gap-x-3">
      <dt className="text-muted">{name}</dt>
      <dd className="num min-w-0">{children}</dd>
    </div>
  );
}
