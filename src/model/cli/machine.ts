import { availableParallelism, cpus } from 'node:os'
import { TFJS_VERSION } from '../../bridge/index.ts'

/** What decides a run's numbers and times beside its options. */
export interface Machine {
  readonly versions: { readonly node: string; readonly tfjs: string }
  readonly machine: { readonly platform: string; readonly cpu: string; readonly cores: number }
}

export function thisMachine(): Machine {
  return {
    versions: { node: process.version, tfjs: TFJS_VERSION },
    machine: {
      platform: `${process.platform} ${process.arch}`,
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: availableParallelism(),
    },
  }
}
