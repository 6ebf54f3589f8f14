import { loadCifar10 } from './cifar10.ts'
import type { ImageSet } from './imageSet.ts'
import { loadMnist } from './mnist.ts'

/** A data set by name: how it is loaded, and what people call it. */
interface Dataset {
  readonly title: string
  readonly load: (dir?: string) => Promise<{ train: ImageSet; test: ImageSet }>
}

export type DatasetName = 'mnist' | 'cifar10'

export const datasets: Readonly<Record<DatasetName, Dataset>> = {
  mnist: { title: 'MNIST', load: loadMnist },
  cifar10: { title: 'CIFAR-10', load: loadCifar10 },
}
