/** What an expression is evaluated over. One object serves all payments: the engine fills it anew for each. */
export interface Facts {
  /** The transaction; undefined and null fields are absent. `transactionDate` is read from its `time`. */
  tx: Readonly<Record<string, unknown>>;
  /** One number per request of the policy, in the order of the requests; NaN where missing. */
  values: Float64Array;
  /** 0..100 and 0..1; NaN where no model took part. */
  score: number;
  probability: number;
  model: { readonly name: string; readonly version: string } | undefined;
  /** Hour 0..23 and weekday (0 is Monday) by the payer's clock, as the features of these names. */
  hour: number;
  weekday: number;
  /** One key per entity type, 0 where absent: who a rollout is drawn for. */
  entities: Float64Array;
  /** The time of the decision's record in milliseconds: validity and expiry go by it. */
  recordedAt: number;
  /** Whether a list that is named has the value then. Undefined where there is no such list. */
  inList(name: string, value: string, recordedAt: number): boolean | undefined;
  /** Set by an expression that could not be evaluated, in words; the one who evaluates clears it. */
  fault: string | undefined;
}
