/** What a file's own rows cannot tell: whoever gives the file has to say it. */
export class Undecided extends Error {
  override name = 'Undecided';
}
