/** The options of `assay generate` as commander hands them over. */
export interface GenerateFlags {
  transactions: number;
  seed: number;
  users?: number;
  days?: number;
  start?: number;
  fraudRate?: number;
  out?: string;
  post?: string;
  rate: number;
  key?: string;
  concurrency: number;
  dated?: boolean;
  labels?: boolean;
  labelDay: number;
  json?: boolean;
}
