import type { Evaluation } from '../evaluation.ts'
import type { Net } from '../nets.ts'
import { percent } from '../report/numbers.ts'
import type { Trainer } from '../trainer.ts'
import type { Progress } from './progress.ts'
import type { Data } from './runData.ts'
import type { RunFolder } from './runFolder.ts'

/** Misclassified images in the report. */
const SHOWN_MISTAKES = 20

/** A test of a net, and the accuracy that schedule and early stop may see: that on held-out images where there are some, else, as the usual recipe does, on the test images. */
export interface Tested {
  readonly onTest: Evaluation
  readonly seen: number
}

/** Tests a net at the end of an epoch or of its training. Null when it was interrupted. */
export async function testNet(
  trainer: Trainer,
  net: Net,
  folder: RunFolder,
  { validation, test }: Data,
  progress: Progress,
): Promise<Tested | null> {
  const { step, images } = trainer
  const { seconds } = trainer.checkpoint().state
  progress.testing(test.n)
  const onTest = await trainer.evaluate(test)
  const onValidation = validation === null ? null : await trainer.evaluate(validation)
  if (onTest === null || (validation !== null && onValidation === null)) return null
  const write = (kind: 'eval' | 'validation', { accuracy, loss, nfeForward }: Evaluation): void =>
    folder.metrics.write({ kind, net, step, images, seconds, accuracy, loss, nfeForward })
  write('eval', onTest)
  const heldOut =
    validation === null
      ? ''
      : `, ${percent(onValidation!.accuracy)} of ${validation.n} held-out training images`
  if (onValidation !== null) write('validation', onValidation)
  const epoch = Number((step / trainer.stepsPerEpoch).toFixed(2))
  progress.note(`epoch ${epoch}: ${percent(onTest.accuracy)} of ${test.n} test images${heldOut}`)
  return {
    onTest: { ...onTest, mistakes: onTest.mistakes.slice(0, SHOWN_MISTAKES) },
    seen: (onValidation ?? onTest).accuracy,
  }
}
