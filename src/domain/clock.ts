/** Milliseconds since the epoch. Only the composition root binds it to `Date.now`. */
export type Clock = () => number;
