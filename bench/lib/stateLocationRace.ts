/** A solve with its state on the host and on the device, side by side on the current backend. Runs in Node and in a page: takes the libraries from the caller. */
import type * as bridge from '../../src/bridge/index.ts'
import type { tf as tfjs, Scalar, Tensor, Tensor2D } from '../../src/bridge/tensor.ts'

export interface Libraries extends Pick<typeof bridge, 'odeint' | 'odeintAsync'> {
  readonly tf: typeof tfjs
}

/** Seconds of one forward solve with its gradient, and evaluations of both. */
export interface Measured {
  readonly seconds: number
  readonly nfev: number
}

/** A batch of states of a network tanh(h w + b). */
export interface Size {
  readonly batch: number
  readonly width: number
}

export type Location = 'flat' | 'device'

export const ROUNDS = 5

/**
 * The fastest of five rounds by each of the two places, which take turns.
 * @param isAwaited - by `odeintAsync`, which knows the device only
 */
export async function raceLocations(
  libraries: Libraries,
  size: Size,
  locations: ReadonlyArray<Location>,
  isAwaited: boolean,
): Promise<Partial<Record<Location, Measured>>> {
  const best: Partial<Record<Location, Measured>> = {}
  for (let round = 0; round < ROUNDS; round++) {
    for (const location of locations) {
      const measured = await solveOnce(libraries, size, location, isAwaited)
      if (measured.seconds < (best[location]?.seconds ?? Infinity)) best[location] = measured
    }
  }
  return best
}

interface Net {
  readonly [name: string]: Tensor
  readonly w: Tensor
  readonly b: Tensor
}

async function solveOnce(
  { tf, odeint, odeintAsync }: Libraries,
  { batch, width }: Size,
  state: Location,
  isAwaited: boolean,
): Promise<Measured> {
  const f = (_t: Scalar, h: Tensor, { w, b }: Net): Tensor =>
    tf.tanh(tf.add(tf.matMul(h as Tensor2D, w as Tensor2D), b))
  const noise = (shape: number[], scale: number, phase: number): Tensor =>
    tf.tensor(
      Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => scale * Math.sin(1.7 * i + phase)),
      shape,
    )
  const h0 = noise([batch, width], 1, 0)
  const w = noise([width, width], 2 / Math.sqrt(width), 1)
  const b = noise([width], 1, 2)
  const dy = noise([2, batch, width], 1, 3)
  let nfev = 0
  const options: bridge.OdeintOptions<Net> = {
    state,
    rtol: 1e-3,
    atol: 1e-4,
    params: { w, b },
    onSolve: (report) => void (nfev += report.nfev),
  }
  const start = performance.now()
  if (isAwaited) {
    const solved = await odeintAsync(f, h0, [0, 1], options)
    const gradients = await solved.pullback(dy)
    await Promise.all([gradients.h0.data(), gradients.params.w.data(), gradients.params.b.data()])
    tf.dispose([solved.solution, gradients.h0, gradients.params.w, gradients.params.b])
    solved.dispose()
  } else {
    tf.tidy(() => {
      const solve = (h: Tensor, w1: Tensor, b1: Tensor): Tensor =>
        odeint(f, h, [0, 1], { ...options, params: { w: w1, b: b1 } })
      for (const grad of tf.grads(solve as (...xs: Tensor[]) => Tensor)([h0, w, b], dy)) grad.dataSync()
    })
  }
  const seconds = (performance.now() - start) / 1e3
  tf.dispose([h0, w, b, dy])
  return { seconds, nfev }
}
