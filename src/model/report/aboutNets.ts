import type { ImageShape } from '../augmentation.ts'
import type { Net } from '../nets.ts'
import { odeNetSpec, type OdeNetShape } from '../odeNet.ts'
import { parameterCount } from '../parameters.ts'
import { RESIDUAL_BLOCKS } from '../residualBlock.ts'
import { solverInWords } from '../solverInWords.ts'
import type { TrainOptions } from '../trainOptions.ts'
import { count } from './numbers.ts'

/** What a training begins with. */
export interface Images extends ImageShape {
  readonly classNames: readonly string[]
}

/** What the nets of a run are, a sentence or two for each; the first one is the net that the run is about. */
export function aboutNets(options: TrainOptions, images: Images, hasBaseline: boolean): string[] {
  const sentences = [middleOf(options.net, options, images)]
  if (hasBaseline && options.net !== 'stem') {
    sentences.push(
      `“stem only” is the same net without ${options.net === 'odenet' ? 'the ODE' : 'the blocks'}, trained alike (${size('stem', options, images)} parameters): what the net has beyond it is the work of ${options.net === 'odenet' ? 'the ODE' : 'the blocks'}.`,
    )
  }
  return sentences
}

function middleOf(net: Net, options: TrainOptions, images: Images): string {
  const { dim, downsamplings } = options
  const shrunk = (length: number): number => Math.ceil(length / 2 ** downsamplings)
  const convolutions = downsamplings === 1 ? 'a strided convolution brings' : 'two strided convolutions bring'
  const stem = `${convolutions} an image of ${images.height} x ${images.width} down to ${shrunk(images.height)} x ${shrunk(images.width)} features in ${dim} channels`
  const head = `a norm, the mean over the picture and a linear layer tell the class (head)`
  const own = `${size(net, options, images)} parameters`
  switch (net) {
    case 'odenet':
      return `The ODENet: ${stem} (stem); the ODE dh/dt = f(t, h), whose f is two 3 x 3 convolutions between norms, moves these features h from t = 0 to t = 1, solved by ${solverInWords(options)}; ${head}. It has ${own}.`
    case 'resnet':
      return `The ResNet: ${stem} (stem); ${RESIDUAL_BLOCKS} residual blocks, each with weights of its own, change them; ${head}. It has ${own}.`
    case 'stem':
      return `The stem alone: ${stem}; ${head}. Nothing lies between. It has ${own}.`
  }
}

function size(net: Net, { dim, groups, downsamplings }: TrainOptions, images: Images): string {
  const shape: OdeNetShape = {
    channelsIn: images.channels,
    dim,
    groups,
    downsamplings,
    classes: images.classNames.length,
    hasOde: net === 'odenet',
    residualBlocks: net === 'resnet' ? RESIDUAL_BLOCKS : 0,
  }
  return count(parameterCount(odeNetSpec(shape)))
}
