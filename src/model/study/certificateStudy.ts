import type { SolveReport } from '../../bridge/index.ts'
import { ShardModel, type TrainingShard } from '../shard.ts'
import { solveOf } from '../trainedSolve.ts'
import type { TrainGradient } from '../trainOptions.ts'
import type { Pause, TrainedNet } from './trainedNet.ts'

type Certificate = NonNullable<SolveReport['certificate']>

/** The parameters at one moment of a training. */
export interface Snapshot {
  readonly step: number
  /** Passes through the training images. */
  readonly epoch: number
  readonly parameters: Float32Array
}

/** One gradient, checked; see `Certificate`. */
export interface CertificateRow {
  readonly step: number
  readonly epoch: number
  readonly batch: number
  /** In tolerances; null where the state is not solved backwards. */
  readonly reconstruction: number | null
  /** Along one random direction; null where it is not known. */
  readonly difference: number | null
  readonly isTrusted: boolean | null
  /** |g - exact| / |exact| for the gradients of all parameters of the net, those before and behind the ODE too, where `exact` is that of the steps taken. */
  readonly fromExact: number
}

export interface CertificateStudy {
  /** As trained, or 'discrete' for 'autodiff', whose tape gives the same gradient and can hold no certificate. */
  readonly certified: TrainGradient
  /** Which gradients the certificates cover: those of the input of the ODE, and of its own parameters; absent in studies that were made when it was 'h0' alone. */
  readonly covers?: Certificate['covers']
  readonly imagesPerBatch: number
  readonly bounds: { readonly reconstruction: number; readonly agreement: number }
  readonly rows: readonly CertificateRow[]
}

/** Certificates of the gradients of some batches along a training, in the order of the snapshots. */
export async function certificateStudy(
  net: TrainedNet,
  snapshots: readonly Snapshot[],
  batches: readonly TrainingShard[],
  pause: Pause,
): Promise<CertificateStudy> {
  const solve = solveOf(net.options)
  const trained = net.options.gradient
  const certified = trained === 'autodiff' ? 'discrete' : trained
  let report: SolveReport | undefined
  const { backward: _, ...forward } = solve
  const models = {
    certified: new ShardModel(net.shape, {
      ...(certified === trained ? solve : forward),
      gradient: certified,
      certify: true,
      onSolve: (of) => {
        if (of.certificate !== undefined) report = of
      },
    }),
    trained: new ShardModel(net.shape, solve),
    exact: new ShardModel(net.shape, { ...forward, gradient: 'discrete' }),
  }
  const rows: CertificateRow[] = []
  let bounds = { reconstruction: 0, agreement: 0 }
  let covers: Certificate['covers'] = 'h0 and parameters'
  for (const { step, epoch, parameters } of snapshots) {
    for (const [batch, shard] of batches.entries()) {
      await pause()
      const gradientBy = (model: ShardModel): Float32Array => {
        const gradient = new Float32Array(parameters.length)
        model.gradient(parameters, shard, gradient)
        return gradient
      }
      const ofCertified = gradientBy(models.certified)
      const certificate = report!.certificate!
      const ofTrained = certified === trained ? ofCertified : gradientBy(models.trained)
      const exact = trained === 'discrete' ? ofTrained : gradientBy(models.exact)
      const { reconstruction, difference, isTrusted } = certificate
      bounds = certificate.bounds
      covers = certificate.covers
      const fromExact = norm(ofTrained.map((g, i) => g - exact[i]!)) / norm(exact)
      rows.push({ step, epoch, batch, reconstruction, difference, isTrusted, fromExact })
    }
  }
  return { certified, covers, imagesPerBatch: batches[0]?.labels.length ?? 0, bounds, rows }
}

function norm(v: Float32Array): number {
  return Math.sqrt(v.reduce((sum, x) => sum + x * x, 0))
}
