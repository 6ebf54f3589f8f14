import { tf } from '../../bridge/tensor.ts'
import { GroupNormLayer } from './groupNormLayer.ts'
import { NeuralOdeLayer } from './neuralOdeLayer.ts'
import { OdeBlockLayer } from './odeBlockLayer.ts'
import { OdeOfLayer } from './odeOfLayer.ts'
import { TimeConvLayer } from './timeConvLayer.ts'

/**
 * Tells `tf.loadLayersModel` of this package's layers. Importing one of them does so too; a program that only loads models calls this, since a bundler
 * leaves out what nobody uses.
 */
export function registerLayers(): void {
  tf.serialization.registerClass(GroupNormLayer)
  tf.serialization.registerClass(TimeConvLayer)
  tf.serialization.registerClass(OdeBlockLayer)
  tf.serialization.registerClass(NeuralOdeLayer)
  tf.serialization.registerClass(OdeOfLayer)
}
