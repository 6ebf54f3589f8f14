import { styleText } from 'node:util'
import { Option } from 'effect'
import type { HelpDoc } from 'effect/cli'
import { asTyped } from './asTyped.ts'
import { wrapped } from './wrapped.ts'

/** Columns of names before their descriptions. */
const NAMES = 24
/** A description needs so many columns to be read. */
const NARROWEST = 50

type Row = readonly [name: string, description: string]

const EXIT_CODES: readonly Row[] = [
  ['0', 'done'],
  ['1', 'the run failed: a folder, a file, a step of the training'],
  ['2', 'the command line is not understood, or its options do not go together'],
  ['130', 'stopped by Ctrl-C; a training leaves a checkpoint'],
  ['129, 143', 'the same by the end of the terminal, or by SIGTERM'],
  ['141', 'nobody reads what eval prints'],
]

/** The help of a command in lines of at most so many columns. */
export function helpText(doc: HelpDoc.HelpDoc, columns: number): string {
  const width = Math.max(columns, NARROWEST)
  const section = (title: string, rows: readonly Row[]): string[] =>
    rows.length === 0 ? [] : [title, ...rows.flatMap((row) => rowLines(row, width)), '']
  const flagRows = (flags: readonly HelpDoc.FlagDoc[]): Row[] =>
    flags.map(({ name, aliases, type, description }) => [
      [[`--${name}`, ...aliases].join(', '), type === 'boolean' ? '' : type].join(' ').trimEnd(),
      Option.getOrElse(description, () => ''),
    ])
  const commands = doc.subcommands?.flatMap((group) => group.commands) ?? []
  const lines = [
    ...wrapped(doc.description, width),
    '',
    'USAGE',
    `  ${usageOf(doc)}`,
    '',
    ...section('COMMANDS', commands.map(({ name, description }): Row => [name, description])), // prettier-ignore
    ...section(
      'ARGUMENTS',
      (doc.args ?? []).map(({ name, variadic, description }): Row => [
        variadic ? `${name} ...` : name,
        Option.getOrElse(description, () => ''),
      ]),
    ),
    ...section('FLAGS', [...flagRows(doc.flags), ...flagRows(doc.globalFlags ?? [])]),
    ...section('EXIT CODES', EXIT_CODES),
    ...(doc.examples === undefined || doc.examples.length === 0
      ? []
      : ['EXAMPLES', ...doc.examples.flatMap(({ command, description }) => exampleLines(command, description)), '']), // prettier-ignore
  ]
  return lines.slice(0, -1).map(withBoldTitle).join('\n')
}

/** How a command is asked for its help. */
export function helpCommand(commandPath: readonly string[]): string {
  return asTyped(...commandPath.slice(1), '--help')
}

function usageOf({ usage }: HelpDoc.HelpDoc): string {
  return usage.replace(/^odenet\b/, asTyped())
}

function exampleLines(command: string, description: string | undefined): string[] {
  return [...(description === undefined ? [] : [`  # ${description}`]), `  ${command}`]
}

function rowLines([name, description]: Row, width: number): string[] {
  const [first = '', ...rest] = wrapped(description, width - NAMES - 2)
  const indent = ' '.repeat(NAMES + 2)
  const left = `  ${name}`
  const head = left.length < indent.length ? [left.padEnd(indent.length) + first] : [left, indent + first]
  return [...head.map((line) => line.trimEnd()), ...rest.map((line) => indent + line)]
}

/** Section titles stand out where the output has colours. */
function withBoldTitle(line: string): string {
  return /^[A-Z ]+$/.test(line) ? styleText('bold', line, { stream: process.stdout }) : line
}
