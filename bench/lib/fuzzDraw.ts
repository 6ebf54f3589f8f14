/** Draws calls of `solveIvp` at random: usual ones, and what arithmetic and contracts trip over. */
import type { Rng } from '../../src/model/rng.ts'
import {
  ADAPTIVE,
  FIXED,
  IMPLICIT,
  spacingAt,
  type CaseOptions,
  type EventCase,
  type Fault,
  type FuzzCase,
  type JacCase,
} from './fuzzCase.ts'
import { KINDS } from './fuzzRhs.ts'

type PerComponent = number | ReadonlyArray<number>

/** Of a rate's inverse, lest the rate be infinite. */
const SHORTEST = 1e-300
/** Calls of the right-hand side in one solve, usually and in one case of a hundred. */
const BUDGET = { usual: 4e4, large: 2e6 }

/** The next case of a stream. */
export function drawCase(rng: Rng): FuzzCase {
  const one = <T>(list: ReadonlyArray<T>): T => list[rng.int(list.length)]!
  const chance = (p: number): boolean => rng.uniform() < p
  const between = (a: number, b: number): number => a + (b - a) * rng.uniform()
  const short = (x: number): number => Number(x.toPrecision(2))
  const power = (from: number, to: number): number => short(10 ** between(from, to))

  const method = chance(0.72) ? one(ADAPTIVE) : one(FIXED)
  const isFixed = FIXED.includes(method)
  const t0 = chance(0.5) ? 0 : one([1, -3, 1e6, 1.7e12, 1e-300, -1e-5, 1e200])
  const span = drawSpan()
  const t1 = chance(0.75) ? t0 + span : t0 - span
  const length = Math.abs(t1 - t0)
  const n = chance(0.9)
    ? one([1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 0])
    : chance(0.85)
      ? 40
      : 300
  const array = one(['Float64Array', 'Float64Array', 'number[]', 'Float32Array'] as const)
  const kind = one(KINDS)
  const unit = Number.isFinite(length) && length > 0 && chance(0.65) ? Math.max(length, SHORTEST) : 1
  const rate = one([1, 1, -1, -1, 0.5, 3, -3, 10, -10, 100, -1e3, -1e6])
  const value = one([1, -2, 0, 1e-310, 1e37, 3e38, 1e308, -1e308])
  const k = (kind === 'constant' || kind === 'jump') && chance(0.4) ? value : rate / unit
  const values = Array.from({ length: 1 + rng.int(3) }, () =>
    chance(0.75)
      ? short(between(-1, 3))
      : one([0, -0, 1, 1e-8, 1e-300, 5e-324, 1e30, -1e30, 1e38, 1e300, -1e308]),
  )
  const form = one([
    'returning',
    'returning',
    'same array',
    'inPlace',
    'inPlace, zeros unwritten',
    'vectorized',
  ] as const)
  return {
    method,
    t0,
    t1,
    n,
    values,
    array,
    rhs: { kind, k },
    form,
    ...(chance(0.22) ? { fault: drawFault() } : {}),
    ...(chance(0.04) ? { nested: true } : {}),
    ...(chance(0.05) ? { mistake: drawMistake() } : {}),
    options: drawOptions(),
    cut: short(rng.uniform()),
    budget: chance(0.01) ? Math.floor(BUDGET.large / (1 + n)) : n > 8 ? BUDGET.usual / 2 : BUDGET.usual,
  }

  function drawSpan(): number {
    const p = rng.uniform()
    if (p < 0.62) return power(-1.5, 2)
    if (p < 0.7) return spacingAt(t0) * one([1, 2, 5, 9, 12, 100, 1000])
    if (p < 0.76) return one([1e-300, 1e-310, 5e-324])
    if (p < 0.81) return one([1e300, 1e308, 1.7e308])
    if (p < 0.92) return power(-20, 20)
    return p < 0.96 ? Infinity : 0
  }

  function drawFault(): Fault {
    return {
      what: one([
        'NaN',
        'NaN',
        'NaN',
        'Infinity',
        '-Infinity',
        'huge',
        'long',
        'short',
        'undefined',
        'text',
        'throw',
      ] as const),
      at: one(['all', 'first', 'last'] as const),
      from: one([
        { call: one([1, 2, 3, 5, 8, 20, 100]) },
        { time: one([0, 0.1, 0.5, 0.9]) },
        { state: one([0, 1, 1.5, 10]) },
      ] as const),
    }
  }

  function drawMistake(): { option: string; value: unknown } {
    return {
      option: one([
        'fun',
        'tSpan',
        'y0',
        'method',
        'rtol',
        'atol',
        'firstStep',
        'maxStep',
        'minStep',
        'step',
        'tEval',
        'events',
        'maxSteps',
        'save',
        'controller',
        'norm',
        'jac',
        'jacSparsity',
        'lband',
        'uband',
        'args',
        'signal',
        'onStep',
        'denseOutput',
        'first_step',
        'options',
      ]),
      value: one([
        null,
        NaN,
        -1,
        0,
        0.5,
        1e9,
        Infinity,
        '1',
        'rk45',
        true,
        {},
        [],
        [0],
        [1, 2],
        [NaN],
        [null, 1],
        ['0', '1'],
        [[1]],
        [[1, 2], [3]],
        { rows: 2, columns: 2 },
        { length: 2 },
        { fn: 1 },
        { tableau: {} },
      ]),
    }
  }

  function drawOptions(): CaseOptions {
    const share = (): number => short(between(0, 1))
    const size = (): number =>
      Number.isFinite(length) && length > 0 && chance(0.8)
        ? short(length * 10 ** between(-3, 0.1))
        : one([0.1, 1e-3, 1, 1e-300, 1e300])
    const tolerance = (usual: ReadonlyArray<number>): PerComponent =>
      chance(0.8) ? one(usual) : [one(usual), one(usual), one(usual)]
    const may = <T>(name: string, p: number, value: () => T): Record<string, T> =>
      chance(p) ? { [name]: value() } : {}
    const isImplicit = IMPLICIT.includes(method)
    const width = (): number => rng.int(chance(0.9) ? Math.max(1, Math.min(3, n)) : 3)
    return {
      ...may('rtol', 0.6, () => tolerance([1e-3, 1e-6, 1e-9, 1e-12, 1e-1, 0, 1e3])),
      ...may('atol', 0.6, () => tolerance([1e-6, 1e-9, 1e-12, 1e-3, 0, 1e6, 1e-300, 1e300])),
      ...may('firstStep', isFixed ? 0.03 : 0.2, size),
      ...may('maxStep', isFixed ? 0.03 : 0.2, size),
      ...may('minStep', method === 'LSODA' ? 0.2 : 0.01, () => size() * 1e-3),
      ...(isFixed ? { step: stepOf() } : {}),
      ...may('tEval', 0.2, () =>
        Array.from({ length: rng.int(5) }, () => one([0, 1, share(), share(), share()]))
          .sort((a, b) => a - b)
          .filter((x, i, all) => x !== all[i - 1]),
      ),
      ...may('denseOutput', 0.3, () => true),
      ...may('events', 0.25, () => Array.from({ length: 1 + rng.int(3) }, drawEvent)),
      ...may('save', 0.15, () => one(['last', 'steps'] as const)),
      ...may('maxSteps', 0.8, () => one([1, 2, 10, 100, 300, 300, 1000, 1000])),
      ...may('abortAfter', 0.05, () => rng.int(6)),
      ...may('controller', isFixed || isImplicit ? 0.02 : 0.07, () =>
        one(['halving', 'accepts all', 'rejects all', 'NaN', 'zero', 'throw'] as const),
      ),
      ...may('norm', 0.06, () =>
        one([
          [[0, 0.5]],
          [[0.5, 1]],
          [[0, 1]],
          [
            [0, 0.5],
            [0.5, 1],
          ],
        ] as const),
      ),
      ...may('jac', isImplicit ? 0.45 : 0.02, drawJac),
      ...(chance(isImplicit ? 0.3 : 0.02)
        ? chance(0.5)
          ? { jacSparsity: one(['right', 'full', 'diagonal'] as const) }
          : { ...may('lband', 0.8, width), ...may('uband', 0.8, width) }
        : {}),
      ...may('args', 0.15, () => true),
    }

    function stepOf(): number {
      if (chance(0.1)) return one([1e-300, 1e300, 1, 5e-324])
      return Number.isFinite(length) && length > 0 ? length / one([1, 2, 3, 10, 10.5, 64, 300.3]) : 0.1
    }
  }

  function drawEvent(): EventCase {
    return {
      g: one(['time', 'time', 'state', 'state', 'sine', 'zero', 'NaN', 'throw'] as const),
      c: one([0, 0.25, 0.5, 1, short(rng.uniform())]),
      ...(chance(0.5) ? { terminal: one([true, false, 1, 2, 3, 0]) } : {}),
      ...(chance(0.4) ? { direction: one([1, -1, 0, 0.5]) } : {}),
      ...(chance(0.5) ? { isObject: true } : {}),
    }
  }

  function drawJac(): JacCase {
    return {
      is: one([
        'right',
        'right',
        'right',
        'right',
        'zero',
        'negative',
        'NaN',
        'wrong shape',
        'throw',
      ] as const),
      ...(chance(0.25) ? { isMatrix: true } : {}),
      ...(chance(0.3) ? { isObject: true } : {}),
    }
  }
}
