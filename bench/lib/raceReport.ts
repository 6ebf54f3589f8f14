/** How the outcomes of a race are told: lines on the terminal, rows of a result file. The first outcome is ours. */
import type { Outcome } from './race.ts'
import { duration, machine, peerVersions, writeResult } from './report.ts'

/** What a whole benchmark raced under. */
export interface Conditions {
  /** One, or one for each precision. */
  readonly rtol: number | Readonly<Record<string, number>>
  readonly atol: number
  readonly rounds: number
  readonly secondsPerRound: number
}

/** Time ratios of ours to the others, with and without the right-hand side's part. */
export interface Ratios {
  readonly timeRatios: Readonly<Record<string, number>>
  readonly overheadRatios: Readonly<Record<string, number>>
}

export function printRace(title: string, outcomes: ReadonlyArray<Outcome>): void {
  console.log(title)
  for (const outcome of outcomes) console.log(`  ${line(outcome, outcomes[0]!)}`)
}

export function ratiosOf([mine, ...others]: ReadonlyArray<Outcome>): Ratios {
  return {
    timeRatios: Object.fromEntries(others.map(({ name, seconds }) => [name, mine!.seconds / seconds])),
    overheadRatios: Object.fromEntries(
      others.map(({ name, overheadSeconds }) => [name, mine!.overheadSeconds / overheadSeconds]),
    ),
  }
}

/** Writes bench/results/<name>.json for the benchmark in <file>. */
export function writeRaces(
  name: string,
  file: string,
  conditions: Conditions,
  rows: ReadonlyArray<object>,
): void {
  writeResult(name, {
    command: `node ${file}`,
    ...machine(),
    peers: peerVersions(),
    ...conditions,
    rows,
  })
}

function line({ name, seconds, overheadSeconds, nfev, error }: Outcome, mine: Outcome): string {
  const time = `${duration(seconds).padStart(8)}, without f ${duration(overheadSeconds).padStart(8)}`
  const ratio = `ours/it ${(mine.seconds / seconds).toPrecision(3).padStart(7)} (${(mine.overheadSeconds / overheadSeconds).toPrecision(3)})`
  return `${name.padEnd(13)} ${time}, nfev ${String(nfev).padStart(5)}, error ${error.toExponential(1)}, ${ratio}`
}
