/** Problems whose gradients are compared with torchdiffeq's: the same numbers on both sides, exact in single precision too. */
import type { DifferentiableRhs } from '../../src/adjoint/index.ts'
import { tf, type Scalar, type Tensor, type Tensor2D, type Tensor4D } from '../../src/bridge/tensor.ts'
import type { TensorFunction } from '../../src/bridge/index.ts'
import { odeFunction, odeFunctionSpec } from '../../src/model/odeFunction.ts'
import { initialParameters, type ParameterSpec, type Parameters } from '../../src/model/parameters.ts'
import { makeRng } from '../../src/model/rng.ts'
import type { FloatArray } from '../../src/index.ts'
import { spiral } from '../../test/adjoint/spiral.ts'
import { twoLayerNet } from '../../test/adjoint/twoLayerNet.ts'

export const SEED = 6

export interface GradientProblem {
  /** As the Python peer calls it. */
  readonly name: string
  /** What is said about it in tables. */
  readonly title: string
  readonly shape: ReadonlyArray<number>
  readonly h0: ReadonlyArray<number>
  readonly spec: ParameterSpec
  readonly theta: Float32Array
  /** Output times: the ends alone, and some between; multiples of 1/8. */
  readonly ends: ReadonlyArray<number>
  readonly several: ReadonlyArray<number>
  /** Of group normalisation; 0 without. */
  readonly groups: number
  /** With hand-written products; null where there are none. */
  readonly rhs: (<V extends FloatArray>() => DifferentiableRhs<V>) | null
  readonly tensorRhs: TensorFunction<Tensor, Parameters>
}

const uniform = (shape: ReadonlyArray<number>, bound: number): ParameterSpec[string] => ({
  shape,
  initial: { uniform: bound },
})
const randomOf = (label: string): ReturnType<typeof makeRng> => makeRng(SEED).fork(label)
/** Numbers in [-1, 1). */
const stateOf = (label: string, length: number): number[] => {
  const rng = randomOf(`${label} state`)
  return Array.from({ length }, () => Math.fround(2 * rng.uniform() - 1))
}

const spiralTheta = Float32Array.of(-0.1, 2, -2, -0.1)

const net = { n: 4, m: 8 }
const netSpec: ParameterSpec = {
  inner: uniform([net.m, net.n], 1.5),
  time: uniform([net.m, 1], 1.5),
  innerBias: uniform([net.m, 1], 1),
  outer: uniform([net.n, net.m], 1),
  outerBias: uniform([net.n, 1], 1),
}
const netTheta = initialParameters(netSpec, randomOf('network'))

const images = [2, 4, 4, 4] as const
const GROUPS = 2
const blockSpec = odeFunctionSpec(images[3])
/** The starting values of a training, moved, so that no scale is exactly one and no shift zero. */
const blockTheta = initialParameters(blockSpec, randomOf('odeFunction')).map((value, i) =>
  Math.fround(value + 0.1 * Math.sin(i)),
)

export const GRADIENT_PROBLEMS: ReadonlyArray<GradientProblem> = [
  {
    name: 'spiral',
    title: 'spiral, 2 components, 4 parameters',
    shape: [1, 2],
    h0: [2, 0],
    spec: { matrix: uniform([2, 2], 2) },
    theta: spiralTheta,
    ends: [0, 2],
    several: [0, 0.25, 0.75, 1.25, 2],
    groups: 0,
    rhs: () => spiral(spiralTheta),
    tensorRhs: (_t, h, { matrix }) => tf.matMul(h.square().mul(h) as Tensor2D, matrix as Tensor2D),
  },
  {
    name: 'network',
    title: `tanh network, ${net.n} components, ${netTheta.length} parameters`,
    shape: [net.n, 1],
    h0: stateOf('network', net.n),
    spec: netSpec,
    theta: netTheta,
    ends: [0, 3],
    several: [0, 0.5, 1.25, 2, 3],
    groups: 0,
    rhs: () => twoLayerNet(net, netTheta),
    tensorRhs: (t, h, p) => {
      const inner = tf.matMul(p['inner'] as Tensor2D, h as Tensor2D)
      const hidden = inner.add(p['time']!.mul(t)).add(p['innerBias']!).tanh()
      return tf.matMul(p['outer'] as Tensor2D, hidden as Tensor2D).add(p['outerBias']!)
    },
  },
  {
    name: 'odeFunction',
    title: `convolutional block, ${images.join(' x ')}, ${blockTheta.length} parameters`,
    shape: images,
    // Several times as large as what f adds to it in the interval: else many rectifiers switch on the way, where derivatives jump
    h0: stateOf(
      'odeFunction',
      images.reduce((product, length) => product * length, 1),
    ).map((value) => 8 * value),
    spec: blockSpec,
    theta: blockTheta,
    ends: [0, 1],
    several: [0, 0.25, 0.5, 1],
    groups: GROUPS,
    rhs: null,
    tensorRhs: odeFunction(GROUPS) as unknown as (t: Scalar, h: Tensor, p: Parameters) => Tensor4D,
  },
]
