import { IvpInputError } from '../../bridge/index.ts'
import { checkOptionNames, optionNames } from '../../bridge/optionNames.ts'
import { tf, type Tensor } from '../../bridge/tensor.ts'
import { checkCount, oneTensor } from './imageShape.ts'
import {
  initializerOf,
  savedInitializer,
  type Initializer,
  type InitializerIdentifier,
} from './initializerOf.ts'
import type { LayerConfig } from './layerArgs.ts'
import { parametersOf, type LayerWeights } from './layerWeights.ts'
import { NotSavable } from './notSavable.ts'
import { nameOfOdeFunction, odeFunctionNamed, type LayerFunction } from './odeFunctions.ts'
import { OdeLayer, type OdeLayerArgs } from './odeLayer.ts'
import { restoredOption } from './savedOption.ts'

/** A weight of a layer. */
export interface WeightDeclaration {
  readonly shape: ReadonlyArray<number>
  /** Default 'glorotUniform'. */
  readonly initializer?: InitializerIdentifier
}

/** Options of `neuralOdeLayer`. */
export interface NeuralOdeLayerArgs extends OdeLayerArgs {
  /** dh/dt, or the name under which `registerOdeFunction` knows it. */
  readonly f: LayerFunction | string
  /** The weights that `f` gets as its third argument, by name. */
  readonly params?: { readonly [name: string]: WeightDeclaration }
}

const OPTIONS = optionNames<Omit<NeuralOdeLayerArgs, keyof OdeLayerArgs>>({ f: true, params: true })
const OF_WEIGHT = optionNames<NamedWeight>({ name: true, shape: true, initializer: true })

/** A weight with its name: as keys of an object, names would not survive tfjs's model files. */
interface NamedWeight {
  readonly name: string
  readonly shape: ReadonlyArray<number>
  readonly initializer: Initializer
}

/** dh/dt = f(t, h, params) with any f, as a layer of tfjs. */
export class NeuralOdeLayer extends OdeLayer {
  /** @nocollapse */
  static readonly className: string = 'NeuralOde'
  readonly f: LayerFunction
  readonly #declared: ReadonlyArray<NamedWeight>
  #weights: LayerWeights = {}

  constructor(args: NeuralOdeLayerArgs) {
    super('neuralOdeLayer', args, OPTIONS)
    const f = restoredOption(args?.f)
    if (typeof f !== 'function' && typeof f !== 'string') {
      throw new IvpInputError(
        'f',
        f,
        'must be a function (t, h, params) => dh, or the name of a registered one',
      )
    }
    this.f = typeof f === 'string' ? odeFunctionNamed(f) : (f as LayerFunction)
    this.#declared = declared(args.params ?? {})
  }

  override build(): void {
    this.#weights = Object.fromEntries(
      this.#declared.map(({ name, shape, initializer }) => [
        name,
        this.addWeight(name, [...shape], 'float32', initializer),
      ]),
    )
    this.built = true
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return this.solve(this.f, oneTensor(inputs), parametersOf(this.#weights))
  }

  override getConfig(): LayerConfig {
    const name = nameOfOdeFunction(this.f)
    if (name === undefined) {
      const instead =
        "Give it a name first: registerOdeFunction('...', f), here and where the model is loaded."
      throw new NotSavable(this.name, 'f', instead)
    }
    return {
      ...super.getConfig(),
      f: { name },
      params: this.#declared.map(({ name, shape, initializer }) => ({
        name,
        shape: [...shape],
        initializer: savedInitializer(initializer),
      })),
    }
  }
}
tf.serialization.registerClass(NeuralOdeLayer)

/** The declarations of a user, or those of a model file. @throws IvpInputError */
function declared(
  params: NonNullable<NeuralOdeLayerArgs['params']> | ReadonlyArray<NamedWeight>,
): NamedWeight[] {
  if (typeof params !== 'object' || params === null) {
    throw new IvpInputError('params', params, 'must be a record of weights, such as { w: { shape: [2, 2] } }')
  }
  const isSaved = Array.isArray(params)
  for (const [name, declaration] of Object.entries(params)) {
    const within = `params.${name}`
    if (declaration === undefined)
      throw new IvpInputError(within, declaration, 'must be { shape, initializer? }')
    checkOptionNames(declaration, isSaved ? OF_WEIGHT : OF_WEIGHT.filter((key) => key !== 'name'), { within })
  }
  const entries: ReadonlyArray<WeightDeclaration & { readonly name: string }> = isSaved
    ? params
    : Object.entries(params).map(([name, declaration]) => ({ name, ...declaration }))
  return entries.map(({ name, shape, initializer = 'glorotUniform' }) => {
    if (!Array.isArray(shape)) throw new IvpInputError(`params.${name}.shape`, shape, 'must be an array')
    shape.forEach((length, i) => checkCount(`params.${name}.shape[${i}]`, length))
    return { name, shape, initializer: initializerOf(`params.${name}.initializer`, initializer) }
  })
}

/**
 * A neural ODE with a right-hand side of your own: the input is the state at the first time of dh/dt = f(t, h, params), the result has its shape.
 *
 * `f` is a pure function of tensors; h has the batch as its first axis. Every weight it uses is declared in `params` and read from its third argument. For a
 * model to be saved, give `f` a name by `registerOdeFunction`.
 * @throws IvpInputError for bad declarations and unknown names
 */
export function neuralOdeLayer(args: NeuralOdeLayerArgs): NeuralOdeLayer {
  return new NeuralOdeLayer(args)
}
