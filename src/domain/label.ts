export type LabelValue = 'fraud' | 'legitimate';
export type LabelSource = 'chargeback' | 'analyst' | 'customer';

export interface Label {
  id: string;
  transactionId: string;
  label: LabelValue;
  source: LabelSource;
  note?: string;
  /** When the fraud came to light, as the client says; milliseconds. */
  occurredAt?: number;
  /** When Assay learnt it; milliseconds. */
  recordedAt: number;
}
