import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { type SchemeLedger, schemeQuery, type TraLedger, traQuery } from '../../api/ledgers.ts';
import { capital, count, money } from '../../lib/format.ts';
import { periodBeside, periodWords } from '../../lib/period.ts';
import type { LedgerName } from '../../searches.ts';
import { PageHeader, Panel, Segmented, Time } from '../../ui/bits.tsx';
import { IconButton } from '../../ui/button.tsx';
import { ExportButton } from '../../ui/export-button.tsx';
import { Failed, LoadingBlock } from '../../ui/states.tsx';
import { BehindFigure } from './behind.tsx';
import { FigureLink } from './figure-link.tsx';
import { Schemes } from './schemes.tsx';
import { Tra } from './tra.tsx';

const LEDGERS: readonly { value: LedgerName; label: string; title: string }[] = [
  { value: 'tra', label: 'PSD2 exemption', title: 'The fraud rate of the exemption for low risk, by quarter' },
  { value: 'vamp', label: 'Visa', title: 'Reports and disputes over settled payments, by month' },
  { value: 'mastercard', label: 'Mastercard', title: 'Disputes over the settled payments of the month before' },
];
const page = getRouteApi('/ledgers');

/** What the law and the card schemes count, each against its limits. */
export function Ledgers() {
  const { ledger: name = 'tra', period, part, of } = page.useSearch();
  const navigate = page.useNavigate();
  const tra = useQuery({ ...traQuery(period), enabled: name === 'tra' });
  const scheme = useQuery({ ...schemeQuery(name === 'mastercard' ? name : 'vamp', period), enabled: name !== 'tra' });
  const asked = name === 'tra' ? tra : scheme;
  const { data, error, refetch } = asked;
  const shown = data && ('quarter' in data ? data.quarter : data.month);
  const rows = (data?.rows ?? []) as object[];
  const step = (steps: number) => {
    if (shown) void navigate({ search: { ledger: name, period: periodBeside(shown, steps) } });
  };
  return (
    <>
      <PageHeader title="Ledgers" note="Fraud and disputes as the law and the card schemes count them">
        <ExportButton
          of={`${name}-${shown ?? ''}`}
          columns={[...new Set(rows.flatMap((row) => Object.keys(row)))]}
          page={async () => ({ data: rows, hasMore: false, nextCursor: null })}
          disabled={rows.length === 0}
        />
      </PageHeader>
      <div className="mb-4 flex flex-wrap items-center gap-x-4 gap-y-2">
        <Segmented
          label="Ledger"
          value={name}
          options={LEDGERS}
          onChange={(ledger) => void navigate({ search: { ledger } })}
        />
        <div className="flex items-center gap-1">
          <IconButton label="The one before" onClick={() => step(-1)}>
            <ChevronLeft className="size-4" />
          </IconButton>
          <span className="num min-w-28 text-center font-medium" aria-live="polite">
            {shown ? periodWords(shown) : '…'}
          </span>
          <IconButton label="The next one" onClick={() => step(1)}>
            <ChevronRight className="size-4" />
          </IconButton>
        </div>
        {data && !data.complete && <span className="text-xs text-muted">still running: figures so far</span>}
      </div>
      {error && !data ? (
        <Failed error={error} retry={() => void refetch()} />
      ) : !data ? (
        <LoadingBlock height={240} />
      ) : (
        <>
          {'quarter' in data ? <Tra ledger={data} /> : <Schemes ledger={data} name={titleOf(name)} />}
          {part && shown && (
            <BehindFigure
              {...{ ledger: name, period: shown, part, of }}
              onClose={() => void navigate({ search: { ledger: name, period } })}
            />
          )}
          <Said ledger={data} />
        </>
      )}
    </>
  );
}

const titleOf = (name: LedgerName) => (name === 'mastercard' ? 'Mastercard' : 'Visa');

/** What a figure rests on, and what it does not know. */
function Said({ ledger }: { ledger: TraLedger | SchemeLedger }) {
  const { from, to, zone, basis, source, estimated } = ledger;
  return (
    <Panel title="What these figures rest on" className="mt-4">
      <div className="mb-3 grid gap-1.5">
        {estimated.notes.map((note, i) => (
          <Note key={note} note={note} part={estimated.opens?.[i] ?? null} />
        ))}
      </div>
      <dl className="grid gap-1 text-xs text-muted">
        <Line term="From, to">
          <Time at={from} long /> – <Time at={to} long />, midnights of {zone}
        </Line>
        <Line term="Date">{basis}</Line>
        <Line term="Limits">{source ?? 'There was no programme in this month.'}</Line>
        {'rates' in ledger && <Line term="Rates into euros">{ledger.rates}</Line>}
      </dl>
    </Panel>
  );
}

const FIGURE = /^(\d+) (payments?|settled[^,:]*?payments)(?:, ([\d.]+) EUR)?(?=[: ])(.*)$/s;

/** A note; one that begins with a figure has it before it, and opens to its payments. */
function Note({ note, part }: { note: string; part: string | null }) {
  const [, payments, of, euros, rest] = FIGURE.exec(note) ?? [];
  if (payments === undefined) return <p className="text-pretty">{note}</p>;
  const figure = `${count(Number(payments))} ${of}`;
  return (
    <p className="grid gap-x-3 text-pretty sm:grid-cols-[15rem_minmax(0,1fr)]">
      <span className="num font-medium">
        {part ? (
          <FigureLink part={part} says={rest.replace(/^: /, '')}>
            {figure}
          </FigureLink>
        ) : (
          figure
        )}
        {euros !== undefined && <span className="font-normal text-muted"> {money(Number(euros), 'EUR')}</span>}
      </span>
      <span>{capital(rest.replace(/^:? (?:are )?/, ''))}</span>
    </p>
  );
}

function Line({ term, children }: { term: string; children: React.ReactNode }) {
  return (
    <div className="grid gap-x-3 sm:grid-cols-[15rem_minmax(0,1fr)]">
      <dt className="font-medium">{term}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  );
}
