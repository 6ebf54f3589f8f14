import type { VectorSpace } from '../space/vectorSpace.ts'
import type { Rhs, Workspace } from '../space/workspace.ts'

/** Where a first step may lead. */
export interface FirstSpan {
  readonly tBound: number
  readonly maxStep: number
}

/** Length of the explicit Euler step that looks how fast f changes. @param d0 - norm of y0. @param d1 - norm of f0 */
export function probeLength(d0: number, d1: number, length: number): number {
  const guess = d0 < 1e-5 || d1 < 1e-5 ? 1e-6 : (0.01 * d0) / d1
  return guess < length ? guess : length
}

/**
 * The first step size from the probe.
 * @param h0 - the probe's length
 * @param d2 - norm of (f at its end - f0), divided by h0
 * @param length - of the interval
 */
// prettier-ignore
export function firstLength(h0: number, d1: number, d2: number, errorOrder: number, length: number, maxStep: number): number {
  // A NaN in d2 falls through the comparison: then d1 alone decides, as in scipy
  const steepest = d2 > d1 ? d2 : d1
  const h1 =
    d1 <= 1e-15 && d2 <= 1e-15 ? Math.max(1e-6, h0 * 1e-3) : (0.01 / steepest) ** (1 / (errorOrder + 1))
  let least = 100 * h0
  if (h1 < least) least = h1
  if (length < least) least = length
  return maxStep < least ? maxStep : least
}

/**
 * A first step size from the norms of y0, f0 and one explicit Euler step (one call of the right-hand side). Yields each norm and gets its number, so that a device
 * can be asked for it.
 * @returns |h|; 0 for an empty interval
 * @see Hairer, Norsett, Wanner, "Solving Ordinary Differential Equations I", Sec. II.4, "Starting Step Size"
 */
// prettier-ignore
export function* probedStep<V, S>(space: VectorSpace<V, S>, rhs: Rhs<V>, t0: number, y0: V, f0: V, span: FirstSpan, errorOrder: number): Generator<S, number, number> {
  const length = Math.abs(span.tBound - t0)
  if (length === 0) return 0
  const direction = Math.sign(span.tBound - t0)
  const norm = (w: number[], k: V[]): S => space.errorNorm(1, w, k, k.length, y0, y0)
  const d0 = yield norm([1], [y0])
  const d1 = yield norm([1], [f0])
  const h0 = probeLength(d0, d1, length)
  const y1 = space.combine(space.zerosLike(y0), y0, h0 * direction, [1], [f0], 1)
  const f1 = rhs(t0 + h0 * direction, y1, space.zerosLike(y0))
  const d2 = (yield norm([-1, 1], [f0, f1])) / h0
  space.release(y1)
  space.release(f1)
  return firstLength(h0, d1, d2, errorOrder, length, span.maxStep)
}

/** `probedStep` in a space whose norms are at hand. */
// prettier-ignore
export function initialStep<V>(space: VectorSpace<V>, rhs: Rhs<V>, t0: number, y0: V, f0: V, span: FirstSpan, errorOrder: number): number {
  const probing = probedStep(space, rhs, t0, y0, f0, span, errorOrder)
  let at = probing.next()
  while (at.done !== true) at = probing.next(at.value)
  return at.value
}

/** Where in a workspace the choice finds its vectors. */
interface StartingSlots {
  readonly y: number
  /** f at the start, then f at the end of the explicit Euler step. */
  readonly f0: number
  readonly f1: number
  readonly probe: number
  /** Set to zero before f1 is evaluated; -1 for none. */
  readonly cleared: number
}

const ONE = Float64Array.of(1)
const MINUS_ONE = Float64Array.of(-1)

/** `probedStep` in a workspace, of numbers that are at hand. @returns |h| */
// prettier-ignore
export function workspaceStep<V>(workspace: Workspace<V>, rhs: Rhs<V>, t: number, slots: StartingSlots, { tBound, maxStep }: FirstSpan, errorOrder: number): number {
  const { y, f0, f1, probe, cleared } = slots
  const norm = (slot: number): number => workspace.norm(workspace.addNorm({ index: [slot], weight: ONE }, y, y), 1)
  const length = Math.abs(tBound - t)
  const d1 = norm(f0)
  const h0 = probeLength(norm(y), d1, length)
  const h = h0 * Math.sign(tBound - t)
  workspace.combine(workspace.addRow({ index: [f0], weight: ONE }, probe, y, cleared), h)
  workspace.evaluate(rhs, t + h, probe, f1)
  workspace.combine(workspace.addRow({ index: [f0], weight: MINUS_ONE }, probe, f1), 1)
  return firstLength(h0, d1, norm(probe) / h0, errorOrder, length, maxStep)
}
