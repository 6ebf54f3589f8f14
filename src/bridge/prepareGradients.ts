import { watchGradientInputs } from './gradientInputs.ts'
import { registerMissingGradients } from './missingGradients.ts'
import { recordResultsBeforeTheirCopies } from './savedResults.ts'

/** What solves ask of tfjs's gradients beyond what it has. At the import: operations and gradients that are under way already cannot be changed. Call once. */
export function prepareGradients(): void {
  watchGradientInputs()
  recordResultsBeforeTheirCopies()
  registerMissingGradients()
}
