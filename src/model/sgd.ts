import { checkOptionNames, optionNames } from '../bridge/optionNames.ts'

/** Settings of one step; PyTorch's names in camelCase. */
export interface SgdOptions {
  /** Learning rate, at least 0. */
  readonly lr: number
  /** mu: how much of the velocity survives a step; 0 is plain descent. */
  readonly momentum: number
  /** wd: this times p is added to the gradient of p (an L2 penalty of wd/2 |p|^2). */
  readonly weightDecay: number
  /** Looks ahead along the velocity (Sutskever et al. 2013); needs a momentum. Default false. */
  readonly nesterov?: boolean
}

const SGD_OPTIONS = optionNames<SgdOptions>({ lr: true, momentum: true, weightDecay: true, nesterov: true })

/** The optimizer's memory as plain JSON: its velocity, little-endian float32 in base64, exact to the bit. */
export interface SgdState {
  readonly kind: 'sgd'
  readonly length: number
  readonly velocity: string
}

const FLOAT32_BYTES = 4

/**
 * Takes one step of stochastic gradient descent with momentum and weight decay, in place:
 *
 *     d = g + wd p,   v = mu v + d,   p = p - lr v          (with nesterov: p = p - lr (d + mu v))
 *
 * PyTorch's convention: lr scales the velocity as it is applied, not as it is stored, so a change of lr acts at once
 * (Sutskever et al. store lr g). From v = 0 the first step is PyTorch's too, whose buffer starts as a copy of d.
 * Arithmetic is in double precision and v and p are rounded to single once each, so results agree with PyTorch's
 * to a few units in the last place.
 * @param params - p, shape (n); updated
 * @param grads - g, shape (n); not modified
 * @param velocity - v, shape (n), zeros before the first step; updated
 * @throws RangeError, before anything is changed, when lengths differ or an option is out of range; IvpInputError for one that there is not
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html, the algorithm with dampening = 0
 */
export function sgdStep(
  params: Float32Array,
  grads: Float32Array,
  velocity: Float32Array,
  options: SgdOptions,
): void {
  checkOptionNames(options, SGD_OPTIONS, { of: 'sgdStep' })
  const { lr, momentum, weightDecay, nesterov = false } = options
  const n = params.length
  if (grads.length !== n || velocity.length !== n) {
    throw new RangeError(
      `params, grads and velocity must have one length, not ${n}, ${grads.length}, ${velocity.length}`,
    )
  }
  for (const [name, value] of Object.entries({ lr, momentum, weightDecay })) {
    if (!(value >= 0 && value < Infinity)) {
      throw new RangeError(`${name} must be a finite number of at least 0, not ${value}`)
    }
  }
  if (nesterov && momentum === 0) throw new RangeError('nesterov needs a momentum above 0')
  for (let i = 0; i < n; i++) {
    const p = params[i]!
    const d = grads[i]! + weightDecay * p
    const v = momentum * velocity[i]! + d
    velocity[i] = v
    params[i] = p - lr * (nesterov ? d + momentum * v : v)
  }
}

/** Copies a velocity into plain JSON, for a checkpoint. */
export function saveVelocity(velocity: Float32Array): SgdState {
  const bytes = Buffer.alloc(velocity.length * FLOAT32_BYTES)
  velocity.forEach((v, i) => bytes.writeFloatLE(v, i * FLOAT32_BYTES))
  return { kind: 'sgd', length: velocity.length, velocity: bytes.toString('base64') }
}

/**
 * Reads a velocity back.
 * @returns shape (state.length), a new array
 * @throws RangeError when the argument is not such a state
 */
export function restoreVelocity(state: SgdState): Float32Array {
  const bytes = Buffer.from(state.velocity, 'base64')
  if (state.kind !== 'sgd' || bytes.length !== state.length * FLOAT32_BYTES) {
    throw new RangeError('not the state of SGD: pass what saveVelocity returned')
  }
  return Float32Array.from({ length: state.length }, (_, i) => bytes.readFloatLE(i * FLOAT32_BYTES))
}
