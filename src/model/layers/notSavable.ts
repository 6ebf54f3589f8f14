/** A layer has an option that a model file cannot hold. */
export class NotSavable extends Error {
  override readonly name = 'NotSavable'
  readonly _tag = 'NotSavable'
  /** Name of the layer. */
  readonly layer: string
  readonly option: string

  /** @param instead - what to do, a sentence's second half */
  constructor(layer: string, option: string, instead: string) {
    super(`The layer '${layer}' cannot be saved: \`${option}\` does not fit into a model file. ${instead}`)
    this.layer = layer
    this.option = option
  }
}
