import { datasets } from '../dataset.ts'
import { solverInWords } from '../solverInWords.ts'
import type { TrainOptions } from '../trainOptions.ts'
import { count } from './numbers.ts'

/** What decides a training, in a few rows; an option that has no effect has no row. */
export function recipeOf(options: TrainOptions): [name: string, value: string][] {
  const { net, gradient, lr, momentum, weightDecay, dropout, schedule, patience, batch, epochs } = options
  const { maxImages, augmentation, average, earlyStop, holdOut, seed, workers, backend } = options
  const seen = Number.isFinite(maxImages) ? `${count(maxImages)} images at most` : `${count(epochs)} epochs`
  const rate =
    schedule === 'cosine'
      ? 'falling as a cosine'
      : `a tenth of it after more than ${patience} epochs without progress`
  const rows: [string, string | null][] = [
    ['images', `${datasets[options.dataset].title}, ${seen}, in batches of ${batch}`],
    ['changed at random', augmentation === null ? null : changesInWords(augmentation)],
    ['channels', `${options.dim} in ${options.groups} groups`],
    ['solver', net === 'odenet' ? solverInWords(options) : null],
    ['gradient', net === 'odenet' ? gradient : null],
    ['optimizer', `SGD with momentum ${momentum} and weight decay ${weightDecay}`],
    ['learning rate', `${lr}, ${rate}`],
    ['dropout', dropout > 0 ? `${dropout} of the pooled features` : null],
    ['tested', average === null ? null : `the running mean of the parameters, which keeps ${average} a step`],
    ['early stop', earlyStop === null ? null : `after ${earlyStop} epochs that are no better`],
    ['held out', holdOut > 0 ? `${holdOut} of the training images` : null],
    ['seed', String(seed)],
    ['computed by', `${backend}, ${workers} worker${workers === 1 ? '' : 's'}`],
  ]
  return rows.flatMap(([name, value]): [string, string][] => (value === null ? [] : [[name, value]]))
}

function changesInWords({
  padding,
  flip,
  hue,
  saturation,
}: NonNullable<TrainOptions['augmentation']>): string {
  return [
    padding > 0 ? `moved by up to ${padding} pixels` : '',
    flip ? 'mirrored' : '',
    hue > 0 || saturation > 0 ? `hue and saturation by ${hue} and ${saturation}` : '',
  ]
    .filter((change) => change !== '')
    .join(', ')
}
