import { PlotError } from './plotError.ts'

/**
 * A package that is needed under Node only, loaded when it is: bundlers for browsers do not see it.
 * @param need - what needs it, as the start of a sentence
 * @throws PlotError outside of Node, and where it is not installed
 */
export function nodePackage<T>(name: string, need: string): T {
  if (typeof process === 'undefined' || typeof process.getBuiltinModule !== 'function') {
    throw new PlotError('outsideNode', `${need} runs under Node only: there is no DOM here, and no files.`)
  }
  const { createRequire } = process.getBuiltinModule('node:module')
  try {
    return createRequire(import.meta.url)(name) as T
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    if (code !== 'MODULE_NOT_FOUND' || !message.includes(`'${name}'`)) throw cause
    const says = `${need} needs the package ${name}, which is not installed: \`npm install ${name}\`.`
    throw new PlotError('notInstalled', says, { cause })
  }
}
