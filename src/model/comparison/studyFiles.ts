import type { CertificateStudy } from '../study/certificateStudy.ts'
import type { MemoryStudy } from '../study/memoryStudy.ts'
import type { NoiseStudy } from '../study/noiseStudy.ts'
import type { SolverStudy } from '../study/solverStudy.ts'
import type { TrajectoryStudy } from '../study/trajectoryStudy.ts'

/** The studies of a member, by the ending of their file. */
export interface MemberStudies {
  readonly solvers: SolverStudy
  readonly certificates: CertificateStudy
  readonly trajectories: TrajectoryStudy
  readonly noise: NoiseStudy
}

/** What a member has been studied by; an ODE is needed for all but the noise. */
export type StudiesOf = Partial<MemberStudies>

export function studyFile(id: string, study: keyof MemberStudies): string {
  return `studies/${id}-${study}.json`
}

export const MEMORY_FILE = 'studies/memory.json'

export interface Studies {
  readonly byMember: { readonly [id: string]: StudiesOf }
  readonly memory: MemoryStudy
}
