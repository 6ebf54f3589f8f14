import { datasets } from '../dataset.ts'
import { holdOut, type ImageSet } from '../imageSet.ts'
import type { TrainOptions } from '../trainOptions.ts'
import { checkAgainst } from './trainOptions.ts'

/** The images of a run. */
export interface Data {
  readonly train: ImageSet
  /** Held-out training images; null where none are. */
  readonly validation: ImageSet | null
  readonly test: ImageSet
}

export async function loadData(options: TrainOptions, folder: string | undefined): Promise<Data> {
  const { train: all, test } = await datasets[options.dataset].load(folder)
  const [train, validation] = options.holdOut > 0 ? holdOut(all, options.holdOut) : [all, null]
  checkAgainst(options, train)
  return { train, validation, test }
}
