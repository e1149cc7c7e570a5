/** Where a record lies in a log of several partitions, numbered over all of its sources. */
export interface Position {
  readonly partition: number;
  readonly offset: number;
}
