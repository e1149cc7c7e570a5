/** What the two sides of a proof are called. */
export interface Names {
  challenger: string;
  against: string;
}
