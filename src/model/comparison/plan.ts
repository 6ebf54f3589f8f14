import type { Net } from '../nets.ts'
import type { TrainOptions } from '../trainOptions.ts'

/** What is compared, as `plan.json` of a comparison keeps it. */
export interface ComparisonPlan {
  readonly preset: string
  /** Folder of the data set; null for where it usually is. */
  readonly data: string | null
  /** Training images in an epoch. */
  readonly trainImages: number
  /** Test images that the studies take, the first ones. */
  readonly studyImages: number
  /** Numbers of steps of RK4 through which the memory of gradients is measured. */
  readonly memorySteps: readonly number[]
  readonly seed: number
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly command: string
  readonly versions: { readonly [name: string]: string }
  readonly machine: { readonly platform: string; readonly cpu: string; readonly cores: number }
  readonly members: readonly Member[]
}

/** One net of a comparison. */
export interface Member {
  readonly id: string
  /** As sentences call it. */
  readonly title: string
  readonly net: Net
  /** Folder of its run inside the comparison; two members may share it (a net and its stem-only baseline). */
  readonly folder: string
  /** Whether the run was there before, finished. */
  readonly isGiven: boolean
  readonly options: TrainOptions
}

/** Those that a comparison trains unless they are given. */
export type Role = 'adjoint' | 'autodiff' | 'resnet' | 'stem'
export const roles: readonly Role[] = ['adjoint', 'autodiff', 'resnet', 'stem']

/** Fixed-step RK4 of the role 'autodiff': ten steps. */
const STEP = 0.1

/** The options of a role, like those of another member but for what the role decides. */
export function optionsOfRole(role: Role, base: TrainOptions): TrainOptions {
  switch (role) {
    case 'adjoint':
      return { ...base, net: 'odenet', gradient: 'adjoint', method: 'RK45', step: null }
    case 'autodiff':
      return { ...base, net: 'odenet', gradient: 'autodiff', method: 'RK4', step: STEP }
    case 'resnet':
    case 'stem':
      return { ...base, net: role }
  }
}

/** What a net with these options is called: id and title. */
export function nameOf({ net, gradient, method }: TrainOptions): { id: string; title: string } {
  switch (net) {
    case 'odenet':
      return { id: gradient, title: `ODENet, ${gradient} ${method}` }
    case 'resnet':
      return { id: net, title: 'ResNet' }
    case 'stem':
      return { id: net, title: 'stem only' }
  }
}
