import type { IvpFailure, IvpResult } from '../ivp/index.ts'

/** A solve that did not reach its end: carries the cause and the partial solution. */
export class SolveFailed extends Error {
  override readonly name = 'SolveFailed'
  readonly _tag = 'SolveFailed'
  readonly phase: 'forward' | 'backward'
  readonly failure: IvpFailure
  readonly nfev: number
  /** The forward solution as far as it got. */
  readonly partial: IvpResult<Float32Array>

  constructor(
    phase: 'forward' | 'backward',
    failure: IvpFailure,
    nfev: number,
    partial: IvpResult<Float32Array>,
  ) {
    super(`The ${phase} solve failed at t = ${failure.t} (${failure.kind}): ${failure.advice}`)
    this.phase = phase
    this.failure = failure
    this.nfev = nfev
    this.partial = partial
  }
}

/** The right-hand side reads trainable variables that get no gradient. */
export class UntrackedVariable extends Error {
  override readonly name = 'UntrackedVariable'
  readonly _tag = 'UntrackedVariable'
  readonly variables: ReadonlyArray<string>

  constructor(variables: ReadonlyArray<string>) {
    super(
      `\`f\` reads the trainable variables ${variables.join(', ')}, which would get no gradient: pass them in \`params\` and use the third argument of \`f\`.`,
    )
    this.variables = variables
  }
}

const UNTRACKED = {
  late: 'it did not read it at the first time, so that it would get no gradient',
  gone: 'it did not read it at the first time, and by the time of the gradient it is disposed of',
  kept: 'it was made after the first evaluation, so that gradients would miss what it was made from',
  awaited: 'it would get no gradient, since a tape of tfjs cannot span an await',
  complex: 'it would get no gradient, since tfjs has none for complex tensors',
} as const

/** The right-hand side reads a tensor, other than from its arguments, whose gradient would be missed. */
export class UntrackedTensor extends Error {
  override readonly name = 'UntrackedTensor'
  readonly _tag = 'UntrackedTensor'
  /** Null where the tensor is not known any more. */
  readonly shape: ReadonlyArray<number> | null
  readonly reason: keyof typeof UNTRACKED

  /** @param cause - the error by which it was noticed */
  constructor(shape: ReadonlyArray<number> | null, reason: keyof typeof UNTRACKED, cause?: Error) {
    const way =
      reason === 'complex'
        ? 'Pass its real and its imaginary part in `params`, and put them together in `f`.'
        : 'Pass it (or what it is made from) in `params` and use the third argument of `f`.'
    super(
      `\`f\` reads a tensor${shape === null ? '' : ` of shape [${shape.join(', ')}]`} from outside of its arguments: ${UNTRACKED[reason]}. ${way}`,
      cause && { cause },
    )
    this.shape = shape
    this.reason = reason
  }
}

/** The right-hand side returned tensors of other shapes than the state. */
export class ShapeMismatch extends Error {
  override readonly name = 'ShapeMismatch'
  readonly _tag = 'ShapeMismatch'
  readonly received: string
  readonly expected: string

  constructor(received: string, expected: string) {
    super(`\`f\` must return the shapes of \`h0\`, ${expected}; it returned ${received}.`)
    this.received = received
    this.expected = expected
  }
}

/** The backend cannot read a tensor at once, which a synchronous solve must. */
export class NoBlockingReads extends Error {
  override readonly name = 'NoBlockingReads'
  readonly _tag = 'NoBlockingReads'
  readonly backend: string

  constructor(backend: string) {
    super(
      `The backend '${backend}' cannot read a tensor at once, as \`odeint\` must for every step: use \`odeintAsync\`, or another backend.`,
    )
    this.backend = backend
  }
}

/** The right-hand side returned something else than float32 tensors in the form of the state. */
export class ResultMismatch extends Error {
  override readonly name = 'ResultMismatch'
  readonly _tag = 'ResultMismatch'
  readonly received: string
  readonly expected: string

  constructor(received: string, expected: string) {
    super(`\`f\` must return what \`h0\` is, ${expected}; it returned ${received}.`)
    this.received = received
    this.expected = expected
  }
}

/** A gradient of a gradient was asked for where it would be wrong. */
export class SecondOrderGradient extends Error {
  override readonly name = 'SecondOrderGradient'
  readonly _tag = 'SecondOrderGradient'

  /** @param of - what was differentiated. @param way - what to do instead */
  constructor(of: string, way: string) {
    super(
      `Gradients of ${of} cannot be differentiated again: they come from numbers that no tape sees, and would count as constants. ${way}`,
    )
  }
}
