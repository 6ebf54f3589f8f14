import { assert, beforeAll, describe, it } from 'vitest'
import { odeint, SecondOrderGradient, type OdeintOptions } from '../../src/bridge/index.ts'
import { tf, type Scalar, type Tensor, type Tensor1D, type Tensor4D } from '../../src/bridge/tensor.ts'
import { noTensorIsLeft } from './noTensorIsLeft.ts'
import { values } from './tensorProblems.ts'

type Operation = (...xs: Tensor[]) => Tensor

interface Case {
  /** The kernel whose gradient is differentiated again. */
  readonly f: Operation
  /** Values of the inputs, away from kinks by more than the differences reach. */
  readonly at: () => Tensor[]
}

/** Numbers in (low, high) that look arbitrary. */
function spread(shape: number[], low: number, high: number, phase = 0): Tensor {
  const size = shape.reduce((a, b) => a * b, 1)
  return tf.tensor(
    Array.from({ length: size }, (_, i) => low + (high - low) * ((0.618034 * (i + 1) + 0.37 * phase) % 1)),
    shape,
  )
}
/** Distances of at least 0.1 from each other and from zero, of both signs. */
function apart(shape: number[], phase = 0): Tensor {
  const size = shape.reduce((a, b) => a * b, 1)
  return tf.tensor(
    Array.from({ length: size }, (_, i) => (((7 * i + 3 * phase) % size) - (size - 1) / 2) * 0.23 + 0.057),
    shape,
  )
}
const run = (kernel: string, inputs: Record<string, Tensor>, attributes = {}): Tensor =>
  tf.engine().runKernel(kernel, inputs, attributes) as Tensor
const unary = (f: Operation, low = -0.9, high = 0.9): Case => ({ f, at: () => [spread([2, 3], low, high)] })
const jump = (f: Operation): Case => ({ f, at: () => [apart([2, 3])] })
const binary = (f: Operation): Case => ({ f, at: () => [apart([2, 3]), apart([2, 3], 1).mul(1.3)] })
/** The second factor is repeated along the first axis. */
const broadcast = (f: Operation): Case => ({
  f,
  at: () => [spread([2, 3], 0.4, 1.7), spread([3], 0.5, 1.6, 1)],
})
const image = (f: (x: Tensor4D) => Tensor): Case => ({
  f: (x) => f(x as Tensor4D),
  at: () => [apart([1, 4, 4, 2]).mul(0.3)],
})

/** By the names of tfjs's gradients. */
const CASES: Readonly<Record<string, Case>> = {
  Abs: jump((x) => tf.abs(x!)),
  Acos: unary((x) => tf.acos(x!)),
  Acosh: unary((x) => tf.acosh(x!), 1.3, 2.6),
  Add: broadcast((a, b) => tf.add(a!, b!)),
  AddN: binary((a, b) => tf.addN([a!, b!, a!])),
  ArgMax: jump((x) => tf.argMax(x!, 1).cast('float32')),
  ArgMin: jump((x) => tf.argMin(x!, 1).cast('float32')),
  Asin: unary((x) => tf.asin(x!)),
  Asinh: unary((x) => tf.asinh(x!)),
  Atan: unary((x) => tf.atan(x!)),
  Atan2: broadcast((a, b) => tf.atan2(a!, b!)),
  Atanh: unary((x) => tf.atanh(x!), -0.7, 0.7),
  AvgPool: image((x) => tf.avgPool(x, 2, 2, 'same')),
  AvgPool3D: { f: (x) => tf.avgPool3d(x as tf.Tensor5D, 2, 1, 'valid'), at: () => [apart([1, 2, 3, 3, 2])] },
  BatchMatMul: {
    f: (a, b) =>
      tf.addN([
        tf.matMul(a!, b!),
        tf.matMul(a!, b!, true, true).transpose(),
        tf.matMul(a!, b!, false, true),
        tf.matMul(a!, b!, true, false),
      ]),
    at: () => [spread([3, 3], -1, 1), spread([3, 3], -1, 1, 1)],
  },
  BatchToSpaceND: {
    f: (x) => tf.batchToSpaceND(x!, [2, 2], [[0, 0], [0, 0]]), // prettier-ignore
    at: () => [apart([4, 1, 2, 1])],
  },
  BroadcastTo: { f: (x) => tf.broadcastTo(x!, [2, 3]), at: () => [apart([1, 3])] },
  Cast: jump((x) => tf.cast(x!, 'float32')),
  Ceil: jump((x) => tf.ceil(x!)),
  ClipByValue: jump((x) => tf.clipByValue(x!, -0.2, 0.3)),
  Concat: binary((a, b) => tf.concat([a!, b!], 1)),
  Conv2D: {
    f: (x, w) => tf.conv2d(x as Tensor4D, w as Tensor4D, [2, 1], 'same'),
    at: () => [spread([1, 4, 4, 2], -1, 1), spread([3, 2, 2, 2], -1, 1, 1)],
  },
  Conv2DBackpropInput: {
    f: (x, w) => tf.conv2dTranspose(x as Tensor4D, w as Tensor4D, [1, 4, 4, 2], 2, 'same'),
    at: () => [spread([1, 2, 2, 3], -1, 1), spread([3, 3, 2, 3], -1, 1, 1)],
  },
  Cos: unary((x) => tf.cos(x!)),
  Cosh: unary((x) => tf.cosh(x!)),
  Cumsum: jump((x) => tf.cumsum(x!, 1, true, true)),
  Elu: jump((x) => tf.elu(x!)),
  Erf: unary((x) => tf.erf(x!)),
  Exp: unary((x) => tf.exp(x!)),
  ExpandDims: jump((x) => tf.expandDims(x!, 1)),
  Expm1: unary((x) => tf.expm1(x!)),
  Floor: jump((x) => tf.floor(x!)),
  FusedBatchNorm: {
    f: (x, mean, variance, offset, scale) =>
      tf.batchNorm(x!, mean as Tensor1D, variance as Tensor1D, offset as Tensor1D, scale as Tensor1D, 0.1),
    at: () => [
      spread([1, 2, 2, 3], -1, 1),
      spread([3], -1, 1),
      spread([3], 0.5, 2),
      spread([3], -1, 1),
      spread([3], 0.5, 2, 1),
    ],
  },
  GatherV2: jump((x) => tf.gather(x!, tf.tensor1d([2, 0, 2], 'int32'), 1)),
  GreaterEqual: jump((x) => tf.greaterEqual(x!, 0.1).cast('float32')),
  Identity: jump((x) => tf.clone(x!)),
  IsFinite: jump((x) => tf.isFinite(x!).cast('float32')),
  IsInf: jump((x) => tf.isInf(x!).cast('float32')),
  IsNan: jump((x) => tf.isNaN(x!).cast('float32')),
  LeakyRelu: jump((x) => tf.leakyRelu(x!, 0.3)),
  Log: unary((x) => tf.log(x!), 0.4, 2),
  Log1p: unary((x) => tf.log1p(x!), -0.5, 2),
  Max: jump((x) => tf.max(x!, 1)),
  Maximum: binary((a, b) => tf.maximum(a!, b!)),
  Mean: jump((x) => tf.mean(x!, 1)),
  Min: jump((x) => tf.min(x!, 0)),
  Minimum: binary((a, b) => tf.minimum(a!, b!)),
  MirrorPad: jump((x) => tf.mirrorPad(x!, [[0, 0], [1, 1]], 'reflect')), // prettier-ignore
  Mod: {
    f: (a, b) => tf.mod(a!, b!),
    at: () => [tf.tensor1d([2.3, 3.1, 4.4]), tf.tensor1d([0.7, 1.3, 1.8])],
  },
  Multiply: broadcast((a, b) => tf.mul(a!, b!)),
  Neg: jump((x) => tf.neg(x!)),
  OneHot: jump((x) => tf.oneHot(x!.abs().cast('int32').flatten() as Tensor1D, 3).cast('float32')),
  OnesLike: jump((x) => run('OnesLike', { x: x! })),
  Pack: binary((a, b) => tf.stack([a!, b!], 1)),
  PadV2: jump((x) => tf.pad(x!, [[1, 0], [0, 2]])), // prettier-ignore
  Pow: broadcast((a, b) => tf.pow(a!, b!)),
  Prelu: binary((a, b) => tf.prelu(a!, b!)),
  RealDiv: broadcast((a, b) => tf.div(a!, b!)),
  Reciprocal: unary((x) => tf.reciprocal(x!), 0.5, 2),
  Relu: jump((x) => tf.relu(x!)),
  Relu6: jump((x) => tf.relu6(x!)),
  Reshape: jump((x) => tf.reshape(x!, [3, 2])),
  ResizeBilinear: image((x) => tf.image.resizeBilinear(x, [3, 5])),
  Reverse: jump((x) => tf.reverse(x!, 1)),
  Round: jump((x) => tf.round(x!)),
  Rsqrt: unary((x) => tf.rsqrt(x!), 0.5, 2),
  Select: binary((a, b) => tf.where(tf.greater(a!, b!), a!.square(), b!.mul(a!))),
  Selu: jump((x) => tf.selu(x!)),
  Sigmoid: unary((x) => tf.sigmoid(x!)),
  Sign: jump((x) => tf.sign(x!)),
  Sin: unary((x) => tf.sin(x!)),
  Sinh: unary((x) => tf.sinh(x!)),
  Slice: jump((x) => tf.slice(x!, [0, 1], [2, 2])),
  Softmax: unary((x) => tf.softmax(x!)),
  Softplus: unary((x) => tf.softplus(x!)),
  SpaceToBatchND: {
    f: (x) => tf.spaceToBatchND(x!, [2, 2], [[0, 0], [0, 0]]), // prettier-ignore
    at: () => [apart([1, 2, 4, 1])],
  },
  SplitV: jump((x) => {
    const [a, b] = tf.split(x!, [1, 2], 1)
    return a!.mul(b!)
  }),
  Sqrt: unary((x) => tf.sqrt(x!), 0.5, 2),
  Square: unary((x) => tf.square(x!)),
  SquaredDifference: binary((a, b) => tf.squaredDifference(a!, b!)),
  Step: jump((x) => tf.step(x!, 0.2)),
  Sub: broadcast((a, b) => tf.sub(a!, b!)),
  Sum: jump((x) => tf.sum(x!, 1)),
  Tan: unary((x) => tf.tan(x!)),
  Tanh: unary((x) => tf.tanh(x!)),
  Tile: jump((x) => tf.tile(x!, [2, 2])),
  Transpose: jump((x) => tf.transpose(x!)),
  Unpack: jump((x) => {
    const [a, b] = tf.unstack(x!)
    return a!.mul(b!)
  }),
  UnsortedSegmentSum: jump((x) => tf.unsortedSegmentSum(x!, tf.tensor1d([1, 0], 'int32'), 2)),
  ZerosLike: jump((x) => run('ZerosLike', { x: x! })),
}

/** Operations made of others, or with gradients of their own. */
const OTHERS: Readonly<Record<string, Case>> = {
  'tf.logSoftmax': unary((x) => tf.logSoftmax(x!)),
  'tf.logSigmoid': unary((x) => tf.logSigmoid(x!)),
  'tf.logSumExp': unary((x) => tf.logSumExp(x!, 1)),
  'tf.norm': unary((x) => tf.norm(x!, 2, 1), 0.3, 1),
  'tf.moments': unary((x) => tf.moments(x!, 1).variance),
  'a mask': jump((x) => x!.mul(tf.logicalAnd(x!.greater(-0.3), tf.logicalNot(x!.less(0.1))).cast('float32'))),
  equality: binary((a, b) => a!.mul(tf.logicalOr(a!.equal(b!), b!.notEqual(a!)).cast('float32'))),
  'a convolution in the order of channels first': {
    f: (x, w) => tf.conv2d(x as Tensor4D, w as Tensor4D, 1, 'valid', 'NCHW'),
    at: () => [spread([1, 2, 4, 4], -1, 1), spread([3, 3, 2, 2], -1, 1, 1)],
  },
}

/** Refused by tfjs: the kernel by which it computes the gradient has none. */
const REFUSED: Readonly<Record<string, Case & { readonly names: string }>> = {
  Conv3D: {
    names: 'Conv3D',
    f: (x, w) => tf.conv3d(x as tf.Tensor5D, w as tf.Tensor5D, 1, 'valid'),
    at: () => [spread([1, 2, 2, 2, 1], -1, 1), spread([2, 2, 2, 1, 1], -1, 1)],
  },
  DepthwiseConv2dNative: {
    names: 'DepthwiseConv2dNativeBackprop',
    f: (x, w) => tf.depthwiseConv2d(x as Tensor4D, w as Tensor4D, 1, 'valid'),
    at: () => [spread([1, 3, 3, 2], -1, 1), spread([2, 2, 2, 1], -1, 1)],
  },
  Dilation2D: {
    names: 'Dilation2DBackprop',
    f: (x, w) => tf.dilation2d(x as Tensor4D, w as tf.Tensor3D, 1, 'valid'),
    at: () => [apart([1, 3, 3, 1]), spread([2, 2, 1], -0.01, 0.01)],
  },
  LRN: { names: 'LRNGrad', ...image((x) => tf.localResponseNormalization(x)) },
  MaxPool: { names: 'MaxPoolGrad', ...image((x) => tf.maxPool(x, 2, 2, 'valid')) },
  MaxPool3D: {
    names: 'MaxPool3DGrad',
    f: (x) => tf.maxPool3d(x as tf.Tensor5D, 2, 1, 'valid'),
    at: () => [apart([1, 2, 2, 2, 1])],
  },
  Prod: { names: 'Cumprod', ...unary((x) => tf.prod(x!, 1)) },
  ResizeNearestNeighbor: {
    names: 'ResizeNearestNeighborGrad',
    ...image((x) => tf.image.resizeNearestNeighbor(x, [2, 2])),
  },
}

/** No operation of real tensors gets to them. */
const OUT_OF_REACH = ['ComplexAbs', 'LogSoftmax']
/** tfjs's first derivative is that of a / b, where it should be 0, and so the second one is wrong too. */
const WRONG = ['FloorDiv']

const weights = (x: Tensor, phase: number): Tensor => spread(x.shape, -1, 1, phase)

/** A number made of the gradient of a loss, which depends on the operation in no linear way. */
function penalty({ f }: Case, xs: Tensor[]): Tensor {
  const loss = (...inputs: Tensor[]): Tensor => {
    const value = f(...inputs)
    const cubes = tf.addN(inputs.map((x) => x.pow(3).sum())).mul(0.1)
    return value.square().mul(weights(value, 2)).sum().add(cubes)
  }
  return tf.addN(
    tf
      .grads(loss)(xs)
      .map((g, i) => g.mul(weights(g, 3 + i)).sum()),
  )
}

/** The derivative of the penalty along a direction, by tfjs and by differences. */
function alongDirection(one: Case): { derivative: number; difference: number } {
  const xs = one.at()
  const directions = xs.map((x, i) => weights(x, 7 + i))
  const second = tf.grads((...inputs) => penalty(one, inputs))(xs)
  const at = (step: number): number =>
    values(
      penalty(
        one,
        xs.map((x, i) => x.add(directions[i]!.mul(step))),
      ),
    )[0]!
  const step = 1e-2
  return {
    derivative: values(tf.addN(second.map((grad, i) => grad.mul(directions[i]!).sum())))[0]!,
    // Of fourth order
    difference: (8 * (at(step) - at(-step)) - (at(2 * step) - at(-2 * step))) / (12 * step),
  }
}

/** tfjs's registry of gradients, which it does not export. */
const registered = (): string[] => {
  const { _tfGlobals } = globalThis as unknown as { _tfGlobals: Map<string, Map<string, unknown>> }
  return [..._tfGlobals.get('gradRegistry')!.keys()]
}

/** What this package registers: their own derivatives come with those of the operations. */
const OURS = [
  'Equal',
  'NotEqual',
  'Greater',
  'Less',
  'LessEqual',
  'LogicalAnd',
  'LogicalOr',
  'LogicalNot',
  'EluGrad',
  'AvgPoolGrad',
  'AvgPool3DGrad',
  'ResizeBilinearGrad',
  'Conv2DBackpropFilter',
]

it('every gradient that is registered is in one of the lists', () => {
  const listed = [...Object.keys(CASES), ...Object.keys(REFUSED), ...OUT_OF_REACH, ...WRONG, ...OURS]
  assert.deepEqual(registered().sort(), listed.sort())
})

/** The wasm backend has no kernel for this order of axes. */
const NOT_ON_WASM: ReadonlyArray<string> = ['a convolution in the order of channels first']

describe.each(['cpu', 'wasm'])('the gradient of a gradient is that of differences on %s', (backend) => {
  noTensorIsLeft()
  beforeAll(async () => {
    await import('@tensorflow/tfjs-backend-wasm')
    const { initWasm } = await import('../../src/bridge/wasmBackend.ts')
    await initWasm()
    await tf.setBackend(backend)
  })

  const cases = Object.entries({ ...CASES, ...OTHERS })
  it.each(cases.filter(([name]) => backend === 'cpu' || !NOT_ON_WASM.includes(name)))('%s', (_name, one) => {
    tf.tidy(() => {
      const { derivative, difference } = alongDirection(one)
      assert.isBelow(Math.abs(derivative - difference), 2e-3 * Math.max(1, Math.abs(difference)))
    })
  })
})

describe('the gradient of a gradient that cannot be is refused', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu')
  })

  it.each(Object.entries(REFUSED))('%s', (_name, one) => {
    assert.throws(
      () => tf.tidy(() => void alongDirection(one)),
      `gradient function not found for ${one.names}`,
    )
  })
})

describe('the gradient of a penalty on the gradient of a solve', () => {
  noTensorIsLeft()
  beforeAll(async () => {
    await tf.setBackend('cpu')
  })
  // h' = tanh(w h) has sinh(w h(1)) = e^w sinh(w h(0))
  const W = 1.3
  const slope = (h: number): number =>
    (Math.exp(W) * Math.cosh(W * h)) / Math.cosh(Math.asinh(Math.exp(W) * Math.sinh(W * h)))
  const penaltySlope = (h: number): number => (slope(h + 1e-5) ** 2 - slope(h - 1e-5) ** 2) / 2e-5
  const field = (_t: Scalar, h: Tensor, { w }: { w: Tensor }): Tensor => tf.tanh(h.mul(w))
  const gradientOf = (options: OdeintOptions<{ w: Tensor }>): ((h: Tensor) => Tensor) =>
    tf.grad((h) =>
      odeint(field, h, [0, 1], { params: { w: tf.scalar(W) }, ...options })
        .slice([1], [1])
        .sum(),
    )
  const secondOf = (options: OdeintOptions<{ w: Tensor }>): number =>
    values(tf.grad((h) => gradientOf(options)(h).square().sum())(tf.scalar(0.5)))[0]!

  it.each([
    { method: 'RK4', step: 0.05 },
    { method: 'RK45', rtol: 1e-5, atol: 1e-6 },
  ] as const)("by 'autodiff' and $method, through tanh, is right", (how) => {
    tf.tidy(() => assert.closeTo(secondOf({ gradient: 'autodiff', ...how }), penaltySlope(0.5), 5e-3))
  })

  it('is right with respect to the weights of a network, on its tape and through a mask', () => {
    tf.tidy(() => {
      const x = spread([3, 2], -1, 1)
      const loss = (w: Tensor): Tensor => {
        const net = (_t: Scalar, h: Tensor, { v }: { v: Tensor }): Tensor =>
          tf.elu(tf.sigmoid(h.matMul(v)).sub(tf.softmax(h))).mul(tf.maximum(h, -0.5).add(1))
        const end = (h: Tensor): Tensor =>
          odeint(net, h, [0, 1], { params: { v: w }, gradient: 'autodiff', method: 'RK4', step: 0.25 })
            .slice([1], [1])
            .sum()
        return tf.grad(end)(x).square().sum()
      }
      const [w, u] = [spread([2, 2], -1, 1, 4), spread([2, 2], -1, 1, 5)]
      const at = (d: number): number => values(loss(w.add(u.mul(d))))[0]!
      const along = values(tf.grad(loss)(w).mul(u).sum())[0]!
      assert.closeTo(along, (at(1e-2) - at(-1e-2)) / 2e-2, 2e-2)
    })
  })

  it.each(['backsolve', 'interpolating', 'discrete'] as const)(
    'by %s is refused with the way out, and that leads out',
    (gradient) => {
      assert.throws(
        () => tf.tidy(() => void secondOf({ gradient })),
        SecondOrderGradient,
        `by '${gradient}' cannot be differentiated again`,
      )
      const [, advised] = /Choose `gradient: '(\w+)'`/.exec(messageOf(() => void secondOf({ gradient })))!
      const second = tf.tidy(() => secondOf({ gradient: advised as 'autodiff', method: 'RK45', rtol: 1e-5 }))
      assert.closeTo(second, penaltySlope(0.5), 5e-3)
    },
  )

  it.each(['backsolve', 'interpolating', 'discrete', 'autodiff'] as const)(
    'of an energy whose gradient is the field is right: %s',
    (gradient) => {
      tf.tidy(() => {
        // A gradient system, h' = -dE/dh with a network for E: its gradient needs second derivatives of tanh
        const x = spread([1, 3], -1, 1)
        const loss = (w: Tensor): Tensor => {
          const f = (_t: Scalar, h: Tensor, { v }: { v: Tensor }): Tensor =>
            tf
              .grad((y) => tf.tanh(y.matMul(v)).sum())(h)
              .neg()
          return odeint(f, x, [0, 1], { params: { v: w }, gradient, method: 'RK4', step: 0.125 })
            .slice([1], [1])
            .square()
            .sum()
        }
        const [w, u] = [spread([3, 3], -1, 1, 4), spread([3, 3], -1, 1, 5)]
        const at = (d: number): number => values(loss(w.add(u.mul(d))))[0]!
        const along = values(tf.grad(loss)(w).mul(u).sum())[0]!
        assert.closeTo(along, (at(1e-2) - at(-1e-2)) / 2e-2, 5e-3)
      })
    },
  )
})

it('the gradient of a gradient of tf.losses.softmaxCrossEntropy is refused; what is advised has one', async () => {
  await tf.setBackend('cpu')
  tf.tidy(() => {
    const [x, labels] = [spread([2, 3], -1, 1), tf.oneHot(tf.tensor1d([1, 0], 'int32'), 3).cast('float32')]
    const penalised = (loss: Operation) => (y: Tensor) =>
      tf
        .grad((z) => loss(z))(y)
        .square()
        .sum()
    const theirs = (y: Tensor): Tensor => tf.losses.softmaxCrossEntropy(labels, y.mul(2))
    const advised = (y: Tensor): Tensor => tf.logSoftmax(y.mul(2)).mul(labels).sum(-1).neg().mean()
    assert.closeTo(values(theirs(x))[0]!, values(advised(x))[0]!, 1e-6)
    values(tf.grad(theirs)(x)).forEach((slope, i) =>
      assert.closeTo(slope, values(tf.grad(advised)(x))[i]!, 1e-6),
    )
    const direction = weights(x, 7)
    const at = (d: number): number => values(penalised(advised)(x.add(direction.mul(d))))[0]!
    const along = values(tf.grad(penalised(advised))(x).mul(direction).sum())[0]!
    assert.closeTo(along, (at(1e-2) - at(-1e-2)) / 2e-2, 2e-3)
    assert.throws(() => void tf.grad(penalised(theirs))(x), SecondOrderGradient, 'tf.logSoftmax')
  })
})

function messageOf(body: () => void): string {
  try {
    tf.tidy(body)
  } catch (error) {
    return (error as Error).message
  }
  return ''
}
