/** A file whose rows are not in order: whoever reads it starts again, and gets them sorted. */
export class OutOfOrder extends Error {
  override name = 'OutOfOrder';
}
