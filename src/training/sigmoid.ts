/** Two parameters that turn a score into log-odds: Platt's calibration, and the line that judges one. */

export interface CalibrationRows {
  raw: ArrayLike<number>;
  labels: ArrayLike<number>;
  /** The rows from..to − 1 are used. */
  from: number;
  to: number;
  weightOfNegative: number;
}

export interface SigmoidTargets {
  /** What a fraud and a legitimate row should get: 1 and 0, or a little inwards. */
  high: number;
  low: number;
  /** Where the search begins, with slope 0. */
  intercept: number;
}

/** Least logistic loss of p = 1 / (1 + e^−(slope × raw + intercept)), by damped Newton steps. */
export function fitSigmoid(
  { raw, labels, from, to, weightOfNegative }: CalibrationRows,
  { high, low, intercept: start }: SigmoidTargets,
): { slope: number; intercept: number } {
  const lossAt = (slope: number, intercept: number) => {
    let sum = 0;
    for (let i = from; i < to; i++) {
      const z = slope * raw[i] + intercept;
      const softplus = z > 0 ? z + Math.log1p(Math.exp(-z)) : Math.log1p(Math.exp(z));
      sum += labels[i] ? softplus - high * z : weightOfNegative * (softplus - low * z);
    }
    return sum;
  };
  let slope = 0;
  let intercept = start;
  let current = lossAt(slope, intercept);
  for (let step = 0; step < 100; step++) {
    let [gs, gi, hss, hsi, hii] = [0, 0, 1e-12, 0, 1e-12];
    for (let i = from; i < to; i++) {
      const x = raw[i];
      const weight = labels[i] ? 1 : weightOfNegative;
      const p = 1 / (1 + Math.exp(-(slope * x + intercept)));
      const g = weight * (p - (labels[i] ? high : low));
      const h = weight * p * (1 - p);
      gs += g * x;
      gi += g;
      hss += h * x * x;
      hsi += h * x;
      hii += h;
    }
    const determinant = hss * hii - hsi * hsi;
    if (!(determinant > 0)) break;
    const moveSlope = (hii * gs - hsi * gi) / determinant;
    const moveIntercept = (hss * gi - hsi * gs) / determinant;
    let scale = 1;
    let next = lossAt(slope - moveSlope, intercept - moveIntercept);
    while (!(next <= current) && scale > 1e-8) {
      scale /= 2;
      next = lossAt(slope - scale * moveSlope, intercept - scale * moveIntercept);
    }
    if (!(next <= current)) break;
    slope -= scale * moveSlope;
    intercept -= scale * moveIntercept;
    const gained = current - next;
    current = next;
    if (gained < 1e-12 * Math.max(1, current)) break;
  }
  return { slope, intercept };
}
