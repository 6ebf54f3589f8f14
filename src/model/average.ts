/** Steps over which the share that is kept rises from a tenth: (1 + steps) / (10 + steps). */
const RISE = 10

/**
 * Takes the parameters of one more step into their running mean, in place: mean = d mean + (1 - d) p. Steps of a constant learning rate jump about a minimum; their mean lies nearer to it, and the
 * training itself is not changed.
 * @param mean - shape (n), the starting parameters before the first step; updated
 * @param parameters - p, shape (n)
 * @param share - d, in (0, 1); less in the first steps, min(share, (1 + steps) / (10 + steps)), so that the start is soon forgotten
 * @param steps - how many have been taken, this one included
 * @see Polyak, Juditsky, "Acceleration of stochastic approximation by averaging", SIAM J. Control Optim. 30 (1992), Eq. (2), there with equal weights
 * @see https://www.tensorflow.org/api_docs/python/tf/train/ExponentialMovingAverage for exponential weights and their rise
 */
export function averageStep(
  mean: Float32Array,
  parameters: Float32Array,
  share: number,
  steps: number,
): void {
  const kept = Math.min(share, (1 + steps) / (RISE + steps))
  for (let i = 0; i < mean.length; i++) mean[i] = mean[i]! + (1 - kept) * (parameters[i]! - mean[i]!)
}
