/** The check of option names, for the rooms above. */
export { checkOptionNames, optionNames } from '../ivp/check/optionNames.ts'
export { methodsOfKind } from '../ivp/methods.ts'
