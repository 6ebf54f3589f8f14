import { IvpInputError, odeint, type OdeintOptions, type TensorFunction } from '../../bridge/index.ts'
import { tf, type Tensor } from '../../bridge/tensor.ts'
import { checkTensorOptions, INSTEAD_ON_TENSORS, ODEINT_OPTIONS } from '../../bridge/tensorOptions.ts'
import { oneShape } from './imageShape.ts'
import { checkedArgs, type LayerArgs, type LayerConfig } from './layerArgs.ts'
import { NotSavable } from './notSavable.ts'
import { restoredOption, savedOption } from './savedOption.ts'

type ParameterTree = ReadonlyArray<Tensor> | { readonly [name: string]: Tensor }

/** Options of every layer that solves an ODE: those of `odeint`, and what it returns. */
export interface OdeLayerArgs extends LayerArgs, Omit<OdeintOptions<ParameterTree>, 'params' | 'signal'> {
  /** The input is the state at the first time; strictly monotone, at least two. Default [0, 1]. */
  readonly times?: ReadonlyArray<number>
  /** Whether the states at all times are returned, (batch, times, ...), or the last one. Default false. */
  readonly returnSequences?: boolean
}

type SolveOptions = Omit<OdeintOptions<ParameterTree>, 'params' | 'signal' | 'onSolve'>

/** Options of `odeint` that a layer passes on and a model file keeps. */
const SOLVE_OPTIONS = ODEINT_OPTIONS.filter(
  (name) => !['params', 'signal', 'onSolve'].includes(name),
) as ReadonlyArray<keyof SolveOptions>

const ODE_LAYER_OPTIONS: ReadonlyArray<string> = [...SOLVE_OPTIONS, 'onSolve', 'times', 'returnSequences']

/** For those who expect all options of `odeint` or `solveIvp`. */
const INSTEAD: Readonly<Record<string, string>> = {
  ...INSTEAD_ON_TENSORS,
  params: 'the weights of the layer are its parameters',
  signal: 'nothing can abort a solve within `fit` or `predict`; bound it by `maxSteps`',
  ts: 'the times are `times`',
  tEval: 'the times are `times`; `returnSequences: true` gives the states at all of them',
  denseOutput: 'give more `times`, and `returnSequences: true`',
  save: 'the state at the last time is given, with `returnSequences: true` those at all `times`',
}

/** What the layers that solve an ODE have in common: the input is the state at the first time, the result the state at the last or at every time. */
export abstract class OdeLayer extends tf.layers.Layer {
  readonly times: ReadonlyArray<number>
  readonly returnSequences: boolean
  readonly solveOptions: SolveOptions
  /** Called after every solve, see `odeint`. It belongs to a run as callbacks of `fit` do: model files do not keep it. */
  onSolve: OdeintOptions<ParameterTree>['onSolve'] | undefined

  /** @param of - the function that makes the layer. @param own - its own options */
  constructor(of: string, args: OdeLayerArgs, own: ReadonlyArray<string>) {
    const checked = checkedArgs(of, args, [...own, ...ODE_LAYER_OPTIONS], INSTEAD)
    super(checked)
    const { times = [0, 1], returnSequences = false, onSolve } = checked
    checkTimes(times)
    if (typeof returnSequences !== 'boolean') {
      throw new IvpInputError('returnSequences', returnSequences, 'must be true or false')
    }
    this.times = [...times]
    this.returnSequences = returnSequences
    this.onSolve = onSolve
    this.solveOptions = Object.fromEntries(
      SOLVE_OPTIONS.filter((option) => checked[option] != null).map((option) => [
        option,
        restoredOption(checked[option]),
      ]),
    )
    checkTensorOptions({ ...this.solveOptions, ...(onSolve == null ? {} : { onSolve }) }, { of })
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const [batch, ...state] = oneShape(inputShape)
    return this.returnSequences ? [batch!, this.times.length, ...state] : [batch!, ...state]
  }

  override getConfig(): LayerConfig {
    return {
      ...super.getConfig(),
      times: [...this.times],
      returnSequences: this.returnSequences,
      ...savedSolve(this.name, this.solveOptions),
    }
  }

  /** Solves dh/dt = f(t, h, params) from h = x. */
  protected solve<H extends Tensor, P extends ParameterTree>(
    f: TensorFunction<H, P>,
    x: H,
    params: P,
  ): Tensor {
    return tf.tidy(() => {
      const { onSolve } = this
      const options = { ...this.solveOptions, ...(onSolve === undefined ? {} : { onSolve }), params }
      const states = odeint<H, P>(f, x, this.times, options as OdeintOptions<P>)
      if (this.returnSequences) {
        return tf.transpose(states, [1, 0, ...x.shape.slice(1).map((_, i) => i + 2)])
      }
      return states.slice([this.times.length - 1], [1]).reshape(x.shape)
    })
  }
}

/** @throws NotSavable for what is made of functions */
function savedSolve(layer: string, options: SolveOptions): LayerConfig {
  const saved: LayerConfig = {}
  for (const [option, value] of Object.entries(options)) {
    // The default, which JSON has no number for
    if (option === 'maxStep' && value === Infinity) continue
    saved[option] = savedOption(layer, option, value)
  }
  const { method, controller, backward } = options
  const objects = {
    method,
    controller,
    'backward.method': backward?.method,
    'backward.controller': backward?.controller,
  }
  for (const [option, value] of Object.entries(objects)) {
    if (typeof value === 'object' || typeof value === 'function') {
      const instead = option.endsWith('method')
        ? 'Give a method by its name.'
        : 'Leave it out, or save the weights alone (getWeights).'
      throw new NotSavable(layer, option, instead)
    }
  }
  return saved
}

function checkTimes(times: unknown): asserts times is ReadonlyArray<number> {
  if (isMonotone(times)) return
  throw new IvpInputError('times', times, 'must be at least two finite numbers, strictly monotone')
}

function isMonotone(times: unknown): boolean {
  if (!Array.isArray(times) && !ArrayBuffer.isView(times)) return false
  const list = Array.from(times as ArrayLike<number>)
  if (list.length < 2 || !list.every((t) => Number.isFinite(t))) return false
  const direction = Math.sign(list[1]! - list[0]!)
  return direction !== 0 && list.every((t, i) => i === 0 || Math.sign(t - list[i - 1]!) === direction)
}
