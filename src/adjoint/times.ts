import { IvpInputError } from '../ivp/index.ts'
import { isArrayLike } from '../ivp/check/arrayLike.ts'

/**
 * Refuses output times that are not finite or not in order, before anything is solved: a gradient needs a last output.
 * @throws IvpInputError
 */
export function checkTimes(ts: unknown): void {
  const refuse = (expected: string): never => {
    throw new IvpInputError('ts', ts, expected)
  }
  if (!isArrayLike(ts) || ts.length === 0) return refuse('must be output times, the initial one first')
  const direction = Math.sign((ts[1] as number) - (ts[0] as number))
  for (let j = 0; j < ts.length; j++) {
    const t = ts[j]
    if (typeof t !== 'number' || !Number.isFinite(t)) {
      refuse(
        `must be finite times; ts[${j}] is ${String(t)}. For a solve that an event ends, take \`solveToEvent\``,
      )
    }
    if (j > 0 && !(direction * ((t as number) - (ts[j - 1] as number)) > 0)) {
      refuse(`must strictly increase or decrease; ts[${j}] = ${t} comes after ts[${j - 1}] = ${ts[j - 1]}`)
    }
  }
}
