export interface InspectFlags {
  out?: string;
  json?: boolean;
}
