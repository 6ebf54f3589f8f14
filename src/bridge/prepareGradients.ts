import { watchGradientInputs } from './gradientInputs.ts'
import { registerMissingGradients } from './missingGradients.ts'
import { recordResultsBeforeTheirCopies } from './savedResults.ts'

let isPrepared = false

/** What solves ask of tfjs's gradients beyond what it has. At the import: operations and gradients that are under way already cannot be changed. Once. */
export function prepareGradients(): void {
  if (isPrepared) return
  isPrepared = true
  watchGradientInputs()
  recordResultsBeforeTheirCopies()
  registerMissingGradients()
}
