import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useBaseCurrency } from '../../api/session.ts';
import type { Transaction } from '../../api/types.ts';
import { capital, latency, money } from '../../lib/format.ts';
import { EntityLink, Panel, Time } from '../../ui/bits.tsx';
import { type Change, ChangeDialogs, Changes } from '../transactions/changes.tsx';

/** Who, where, when. */
export function Details({ transaction: t }: { transaction: Transaction }) {
  const base = useBaseCurrency();
  const navigate = useNavigate();
  const [change, setChange] = useState<Change>();
  const place = [t.customerLocation, t.country].filter(Boolean).join(', ');
  const coordinates =
    t.latitude !== undefined && t.longitude !== undefined ? `${t.latitude.toFixed(2)}, ${t.longitude.toFixed(2)}` : '';
  const ofCard = [
    t.cardBrand && capital(t.cardBrand),
    t.cardFunding,
    t.cardLast4 && `ending in ${t.cardLast4}`,
    t.cardCountry && `issued in ${t.cardCountry}`,
  ]
    .filter(Boolean)
    .join(', ');
  const paidWith = [
    t.instrument?.replaceAll('_', ' '),
    t.remote === undefined ? undefined : t.remote ? 'remote' : 'in person',
    t.initiator && `begun by the ${t.initiator}`,
  ]
    .filter(Boolean)
    .join(', ');
  return (
    <Panel title={capital(t.type)} aside={<Changes of={t} onChange={setChange} />}>
      <ChangeDialogs
        change={change}
        onClose={() => setChange(undefined)}
        onDeleted={() => navigate({ to: '/transactions' })}
      />
      <dl className="grid grid-cols-[6.5rem_minmax(0,1fr)] gap-y-1.5">
        <Row name="User">
          <EntityLink type="user" id={t.userId} />
        </Row>
        {t.email && <Row name="E-mail">{t.email}</Row>}
        {t.cardId && (
          <Row name="Card">
            <EntityLink type="card" id={t.cardId} />
          </Row>
        )}
        {ofCard !== '' && <Row name={t.cardId ? '' : 'Card'}>{ofCard}</Row>}
        {t.cardBin && (
          <Row name="BIN">
            <EntityLink type="bin" id={t.cardBin} />
          </Row>
        )}
        {t.deviceId && (
          <Row name="Device">
            <EntityLink type="device" id={t.deviceId} />
          </Row>
        )}
        {t.ip && (
          <Row name="IP">
            <EntityLink type="ip" id={t.ip} />
          </Row>
        )}
        {t.payeeId && (
          <Row name="Payee">
            <EntityLink type="payee" id={t.payeeId} />
          </Row>
        )}
        {t.merchantId && (
          <Row name="Merchant">
            <EntityLink type="merchant" id={t.merchantId} />
          </Row>
        )}
        {t.mcc && <Row name="MCC">{t.mcc}</Row>}
        {paidWith !== '' && <Row name="How">{paidWith}</Row>}
        {t.productCategory && <Row name="Category">{t.productCategory}</Row>}
        {t.channel && <Row name="Channel">{t.channel}</Row>}
        {place && (
          <Row name="Where">
            {place} {coordinates && <span className="num text-xs text-muted">{coordinates}</span>}
          </Row>
        )}
        <Row name="When">
          <Time at={t.transactionDate} long />
        </Row>
        <Row name="Decided">
          <Time at={t.createdAt} long />
        </Row>
        {t.latencyMs !== undefined && <Row name="Latency">{latency(t.latencyMs)}</Row>}
        {t.accountAgeDays !== undefined && <Row name="Account age">{Math.round(t.accountAgeDays)} days</Row>}
        {t.amountBase === null && t.amount !== null && (
          <Row name="In base">no rate into {base}: in no sum of amounts</Row>
        )}
        {t.amountBase !== undefined && t.amountBase !== null && t.amountBase !== t.amount && (
          <Row name="In base">{money(t.amountBase, base)}</Row>
        )}
        {t.metadata && Object.keys(t.metadata).length > 0 && (
          <Row name="Metadata">
            <code className="id break-all">{JSON.stringify(t.metadata)}</code>
          </Row>
        )}
      </dl>
      {t.warnings && t.warnings.length > 0 && (
        <ul className="mt-3 rounded-md bg-review-soft px-3 py-2 text-review">
          {t.warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="flex min-w-0 items-baseline gap-2 break-words">{children}</dd>
    </>
  );
}
