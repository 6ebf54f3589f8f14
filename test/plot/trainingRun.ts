import type { TrainingEvaluation, TrainingRecord, TrainingStep } from '../../src/plot/trainingRecord.ts'

export function stepRecord(fields: Partial<TrainingStep> = {}): TrainingStep {
  return {
    kind: 'step',
    net: 'odenet',
    step: 1,
    epoch: 0.1,
    images: 32,
    seconds: 0.5,
    loss: 2.3,
    accuracy: 0.1,
    lr: 0.1,
    nfeForward: 14,
    nfeBackward: 20,
    imagesPerSecond: 64,
    ...fields,
  }
}

export function evalRecord(fields: Partial<TrainingEvaluation> = {}): TrainingEvaluation {
  return {
    kind: 'eval',
    net: 'odenet',
    step: 1,
    images: 32,
    seconds: 0.5,
    accuracy: 0.5,
    loss: 1.5,
    nfeForward: 14,
    ...fields,
  }
}

/** Both nets, with falling losses; a test after every fifth of the steps. */
export function trainingRun(steps: number): TrainingRecord[] {
  return (['stem', 'odenet'] as const).flatMap((net) =>
    Array.from({ length: steps }, (_, i): TrainingRecord[] => {
      const [step, images] = [i + 1, 32 * (i + 1)]
      const loss = 2.3 / (1 + 0.1 * i) + (net === 'stem' ? 0.2 : 0)
      const own = { net, step, images, loss, seconds: step / 10, accuracy: 1 - loss / 3 }
      const nfe = net === 'stem' ? { nfeForward: 0, nfeBackward: 0 } : {}
      const isTested = step % Math.max(1, Math.floor(steps / 5)) === 0
      return [stepRecord({ ...own, ...nfe }), ...(isTested ? [evalRecord(own)] : [])]
    }).flat(),
  )
}
