import { Effect } from 'effect'
import { CliOutput, type CliError } from 'effect/cli'
import { helpCommand, helpText } from './help.ts'

/** Columns where the output is no terminal. */
const COLUMNS = 100

/** Shows help as text as wide as the terminal; what is not understood in a sentence for each error, before a word on where the help is. */
export const presenter: CliOutput.Presenter = {
  present: (event) => {
    if (event._tag === 'Version') return CliOutput.defaultPresenter.present(event)
    return Effect.sync(() => {
      if (event._tag === 'Help') {
        console.log(helpText(event.helpDoc, process.stdout.columns ?? COLUMNS))
        return
      }
      for (const error of event.errors) console.error(`odenet: ${sentenceOn(error)}`)
      console.error(`See ${helpCommand(event.commandPath)}`)
    })
  },
}

/** What was not understood, and what was probably meant. */
function sentenceOn(error: CliError.NonShowHelpErrors): string {
  const said = (error.message.split('\n')[0] ?? '')
    .replace(/ (?:in command|for) "?odenet.*$/, '')
    .replace('a string representing ', '')
    .replace(/\.?$/, '.')
  // For a letter any short flag would be suggested
  const isLetter = /: -\w\b/.test(said)
  const suggestions = 'suggestions' in error && !isLetter ? error.suggestions : []
  return suggestions.length > 0 ? `${said} Did you mean ${suggestions.join(' or ')}?` : said
}
