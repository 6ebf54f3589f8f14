/** Layers of tfjs that solve ODEs, and the functional forms below them: the part of `solve-ivp/model` that runs in a browser too. */
export { groupNorm, groupNormSpec } from '../groupNorm.ts'
export { timeConv, timeConvSpec } from '../timeConv.ts'
export { odeFunction, odeFunctionSpec } from '../odeFunction.ts'
export { odeBlock, type BlockSolve } from '../odeBlock.ts'
export type { Initial, Parameters, ParameterSpec } from '../parameters.ts'
export { groupNormLayer, GroupNormLayer, type GroupNormLayerArgs } from './groupNormLayer.ts'
export { timeConvLayer, TimeConvLayer, type TimeConvLayerArgs } from './timeConvLayer.ts'
export { odeBlockLayer, OdeBlockLayer, type OdeBlockLayerArgs } from './odeBlockLayer.ts'
export {
  neuralOdeLayer,
  NeuralOdeLayer,
  type NeuralOdeLayerArgs,
  type WeightDeclaration,
} from './neuralOdeLayer.ts'
export { odeOfLayer, OdeOfLayer, type OdeOfLayerArgs } from './odeOfLayer.ts'
export type { OdeLayerArgs } from './odeLayer.ts'
export type { InitializerIdentifier } from './initializerOf.ts'
export { registerOdeFunction, type LayerFunction } from './odeFunctions.ts'
export { registerLayers } from './registerLayers.ts'
export { NotSavable } from './notSavable.ts'
