import type { ComparisonPlan } from '../../comparison/plan.ts'
import type { Studies } from '../../comparison/studyFiles.ts'
import type { Comparison } from '../../comparison/table.ts'
import type { PlotOptions } from './drawing.ts'
import type { Sourced } from './sourced.ts'

/** What a page is made of: files by name, as they are on disk, and the pictures drawn from them. */
export interface PageInput {
  readonly files: { readonly [name: string]: unknown }
  readonly comparison: Comparison
  readonly plan: ComparisonPlan
  readonly studies: Studies
  readonly figures: { readonly [name: string]: PlotOptions }
}

/** What the sections share. */
export interface PageParts extends PageInput {
  readonly sourced: Sourced
  /** A member's name with its colour before it. */
  readonly name: (id: string) => string
}
