import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call, query } from './client.ts';

export interface LinkEntity {
  type: string;
  id: string;
}

export interface LinkNode extends LinkEntity {
  /** From the entity that was asked for, which is at 0. */
  steps: number;
  payments: number;
  /** Of its newest payments, those confirmed as fraud. */
  fraud: number;
  /** Of a hub: how many it is joined with. */
  others?: number;
}

export interface Links {
  nodes: LinkNode[];
  edges: { from: LinkEntity; to: LinkEntity; payments: number; fraud: number }[];
  /** Joined with too many others to mean anything: named, not walked. */
  hubs: LinkNode[];
  truncated: boolean;
}

export const linkName = ({ type, id }: LinkEntity): string => `${type} ${id}`;

/** `types`: only these join, such as `user,device`; without them all do. */
export const linksQuery = (type: string, id: string, depth: number, types?: string) =>
  queryOptions({
    queryKey: ['links', type, id, depth, types],
    queryFn: ({ signal }) =>
      call<Links>(
        `/api/entities/${encodeURIComponent(type)}/${encodeURIComponent(id)}/links${query({ depth, types })}`,
        { signal },
      ),
    placeholderData: keepPreviousData,
  });
