import type { ImageSet } from './imageSet.ts'
import { RESIDUAL_BLOCKS } from './residualBlock.ts'
import type { ShardShape } from './shard.ts'
import type { TrainOptions } from './trainOptions.ts'

/** The net that these options ask for, on such images. */
export function shapeOf(options: TrainOptions, images: ImageSet): ShardShape {
  return {
    channelsIn: images.channels,
    height: images.height,
    width: images.width,
    normalisation: images.normalisation,
    dim: options.dim,
    groups: options.groups,
    downsamplings: options.downsamplings,
    classes: images.classNames.length,
    hasOde: options.net === 'odenet',
    residualBlocks: options.net === 'resnet' ? RESIDUAL_BLOCKS : 0,
  }
}
