export type FeedType =
  | 'transaction.decided'
  | 'transaction.finalized'
  | 'label.recorded'
  | 'alert'
  | 'stats'
  | 'model.promoted';

/** `seq` strictly increases over the whole installation, restarts included; it derives from the journal's sequence. */
export interface FeedEvent {
  seq: number;
  type: FeedType;
  at: string;
  data: Record<string, unknown>;
}

/** The live feed: only what is durable, in journal order. */
export interface Feed {
  /**
   * Sends every event after `since` (or from now on) to `send`, which answers whether the client keeps up. A client that
   * does not is paused, and later told what it missed by an event of type `stats` with `data.missed` before it goes on
   * from the journal. Returns the way to stop.
   */
  follow(since: number | undefined, client: FeedClient): () => void;
}

export interface FeedClient {
  send(event: FeedEvent): void;
  /** Bytes that wait in the client's socket. */
  bufferedBytes(): number;
}
