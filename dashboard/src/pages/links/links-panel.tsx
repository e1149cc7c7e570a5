import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { X } from 'lucide-react';
import { useState } from 'react';
import { type LinkNode, linkName, linksQuery } from '../../api/links.ts';
import { count, plural } from '../../lib/format.ts';
import { EntityLink, Panel, Segmented } from '../../ui/bits.tsx';
import { Button, buttonClass, IconButton } from '../../ui/button.tsx';
import { KindIcon, kindWord } from '../../ui/kind.tsx';
import { Failed, LoadingRows } from '../../ui/states.tsx';
import { AddToList } from '../lists/add-to-list.tsx';
import { ComponentCases } from './component-cases.tsx';
import { figures, LinksCanvas } from './links-canvas.tsx';

const DEPTHS = ['1', '2', '3', '4'] as const;
type Depth = (typeof DEPTHS)[number];
/** What strangers rarely share. */
const STRONG = ['user', 'card', 'device', 'mailbox', 'payee'];
const FEW = 12;

/** Who belongs together with an entity: a picture, and the same as a list. */
export function LinksPanel({ type, id }: { type: string; id: string }) {
  const [depth, setDepth] = useState<Depth>('2');
  const [by, setBy] = useState<'strong' | 'all'>('strong');
  const types = by === 'strong' ? [...new Set([...STRONG, type])].join(',') : undefined;
  const { data, error, refetch, isPlaceholderData } = useQuery(linksQuery(type, id, Number(depth), types));
  const [pointed, setPointed] = useState<string>();
  /** What was chosen in the picture: it stays, for something to be done with it. */
  const [kept, setKept] = useState<string>();
  const [all, setAll] = useState(false);
  const keptNode = [...(data?.nodes ?? []), ...(data?.hubs ?? [])].find((node) => linkName(node) === kept);
  const others = data ? [...data.nodes.filter(({ steps }) => steps > 0), ...data.hubs] : [];
  const sorted = others.toSorted((a, b) => Number(isFraud(b)) - Number(isFraud(a)) || a.steps - b.steps);
  const shown = all ? sorted : sorted.slice(0, FEW);
  const frauds = others.filter(isFraud).length;
  return (
    <Panel
      title="Links"
      note={data && (others.length > 0 || !data.truncated) && said(others.length, frauds)}
      aside={
        <div className="flex flex-wrap gap-2">
          <Segmented
            label="What joins"
            value={by}
            options={[
              { value: 'strong', label: 'Strong', title: 'Users, cards, devices, mailboxes and payees' },
              { value: 'all', label: 'All', title: 'Addresses, networks, merchants and e-mail domains too' },
            ]}
            onChange={setBy}
          />
          <Segmented
            label="Steps"
            value={depth}
            options={DEPTHS.map((value) => ({ value, label: value, title: plural(Number(value), 'step') }))}
            onChange={setDepth}
          />
        </div>
      }
    >
      {error && !data ? (
        <Failed error={error} retry={() => void refetch()} />
      ) : !data ? (
        <LoadingRows rows={6} />
      ) : others.length === 0 && data.truncated ? (
        <div className="grid justify-items-center gap-3 py-6">
          <p className="text-muted">Looking took longer than it may: what it is joined with is not known yet.</p>
          <Button onClick={() => void refetch()}>Look again</Button>
        </div>
      ) : others.length === 0 ? (
        <p className="py-6 text-center text-muted">
          Nothing else is joined with it{by === 'strong' ? ' by users, cards, devices, mailboxes or payees' : ''}.
        </p>
      ) : (
        <div
          aria-busy={isPlaceholderData}
          className={`grid items-start gap-4 transition-opacity xl:grid-cols-[minmax(0,1.6fr)_minmax(18rem,1fr)] ${isPlaceholderData ? 'opacity-60' : ''}`}
        >
          <div className="min-w-0">
            <LinksCanvas links={data} pointed={pointed ?? kept} onPoint={setPointed} onKeep={setKept} />
            {keptNode && <Kept node={keptNode} of={`${type} ${id}`} onLeave={() => setKept(undefined)} />}
            <Legend hubs={data.hubs.length > 0} />
          </div>
          <div className="min-w-0">
            {data.truncated && (
              <p className="mb-2 rounded-[7px] bg-review-soft px-3 py-1.5 text-review">
                There is more than is shown: fewer steps show all of what is near.
              </p>
            )}
            <ComponentCases links={data} />
            <ul aria-label="What it is joined with">
              {shown.map((node) => (
                <Row
                  key={linkName(node)}
                  node={node}
                  of={`${type} ${id}`}
                  pointed={linkName(node) === pointed}
                  onPoint={setPointed}
                />
              ))}
            </ul>
            {sorted.length > shown.length && (
              <Button small className="mt-2" onClick={() => setAll(true)}>
                Show all {count(sorted.length)}
              </Button>
            )}
          </div>
        </div>
      )}
    </Panel>
  );
}

/** That one of a hub's many payments was fraud says nothing of the others. */
const isFraud = ({ fraud, others }: LinkNode): boolean => fraud > 0 && others === undefined;

const said = (others: number, frauds: number): string =>
  `joined with ${plural(others, 'other')}${frauds > 0 ? `, ${count(frauds)} with confirmed fraud` : ''}`;

function Row({
  node,
  pointed,
  onPoint,
  of,
}: {
  node: LinkNode;
  /** What the picture is of. */
  of: string;
  pointed: boolean;
  onPoint: (name: string | undefined) => void;
}) {
  const name = linkName(node);
  return (
    <li
      className={`flex min-h-9 items-center gap-2.5 rounded-md px-2 py-0.5 ${pointed ? 'bg-sunken' : ''}`}
      onPointerEnter={() => onPoint(name)}
      onPointerLeave={() => onPoint(undefined)}
      onFocus={() => onPoint(name)}
      onBlur={() => onPoint(undefined)}
    >
      <KindIcon kind={node.type} className="size-3.5" />
      <span className="sr-only">{kindWord(node.type)}</span>
      <span className="flex min-w-0 flex-1 items-center gap-1">
        <EntityLink type={node.type} id={node.id} />
        <AddToList entity={node} note={`linked with ${of}`} />
      </span>
      {isFraud(node) && (
        <span className="inline-flex h-5 items-center rounded bg-decline-soft px-1.5 text-2xs font-medium whitespace-nowrap text-decline">
          {count(node.fraud)} fraud
        </span>
      )}
      <span className="num w-20 text-right text-xs whitespace-nowrap text-muted" title={figures(node)}>
        {node.others === undefined
          ? `${plural(node.steps, 'step')}, ${count(node.payments)}×`
          : `hub of ${count(node.others)}`}
      </span>
    </li>
  );
}

/** What can be done with what was chosen in the picture. */
function Kept({ node, of, onLeave }: { node: LinkNode; of: string; onLeave: () => void }) {
  return (
    <div className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-1.5 rounded-[7px] border border-line px-3 py-2">
      <KindIcon kind={node.type} className="size-3.5" />
      <span className="flex min-w-0 flex-1 basis-32 flex-col">
        <EntityLink type={node.type} id={node.id} className="font-medium" />
        <span className="text-xs text-muted">{figures(node)}</span>
      </span>
      <Link to="/entities/$type/$id" params={{ type: node.type, id: node.id }} className={buttonClass('plain', true)}>
        Open
      </Link>
      <AddToList key={linkName(node)} entity={node} note={`linked with ${of}`} worded />
      <IconButton label="Choose nothing" onClick={onLeave}>
        <X className="size-3.5" />
      </IconButton>
    </div>
  );
}

function Legend({ hubs }: { hubs: boolean }) {
  return (
    <p className="mt-1 flex flex-wrap gap-x-4 text-xs text-muted" aria-hidden="true">
      <span>
        <Mark className="rounded-full bg-info" /> user
      </span>
      <span>
        <Mark className="bg-review-fill" /> card
      </span>
      <span>
        <Mark className="rotate-45 bg-ink" /> device
      </span>
      <span>
        <Mark className="rounded-full bg-edge" /> other
      </span>
      <span>
        <Mark className="rounded-full bg-decline-fill outline outline-offset-1 outline-decline" /> confirmed fraud
      </span>
      {hubs && (
        <span>
          <Mark className="rounded-full border border-edge" /> hub, not walked
        </span>
      )}
    </p>
  );
}

const Mark = ({ className }: { className: string }) => (
  <span className={`mr-1 inline-block size-2 ${className}`} aria-hidden="true" />
);
