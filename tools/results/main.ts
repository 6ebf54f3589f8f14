/**
 * Writes the pages and plots of `results/` again, from the files that are committed there; nothing is trained. For after a
 * change of the reports: `node tools/results/main.ts`
 */
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readJson, withInfinity } from '../../src/model/cli/jsonFile.ts'
import { continueRun } from '../../src/model/cli/train.ts'
import type { ComparisonPlan } from '../../src/model/comparison/plan.ts'
import { MEMORY_FILE, studyFile, type MemberStudies, type Studies } from '../../src/model/comparison/studyFiles.ts' // prettier-ignore
import { comparisonOf, type Comparison, type RunFacts } from '../../src/model/comparison/table.ts'
import { readMetrics } from '../../src/model/metrics.ts'
import { comparisonFigures } from '../../src/model/report/comparison/figures.ts'
import { renderComparison } from '../../src/model/report/comparison/page.ts'

const RESULTS = fileURLToPath(new URL('../../results', import.meta.url))
const COMPARISON = 'mnist-compare'
/** The runs that the comparison was given; their copies are not kept beside it. */
const GIVEN: { readonly [member: string]: string } = { adjoint: 'mnist-adjoint', autodiff: 'mnist-rk4' }
const STUDIES: readonly (keyof MemberStudies)[] = ['solvers', 'certificates', 'trajectories', 'noise']

for (const name of readdirSync(RESULTS)) {
  const path = join(RESULTS, name)
  if (!existsSync(join(path, 'checkpoint.json'))) continue
  await continueRun(path, Infinity, new AbortController().signal)
  // Of each plot one file is kept
  for (const file of readdirSync(path)) if (file.endsWith('.svg')) rmSync(join(path, file))
}
await writeComparisonPage(join(RESULTS, COMPARISON))

async function writeComparisonPage(folder: string): Promise<void> {
  const plan = readJson<ComparisonPlan>(join(folder, 'plan.json'))
  const kept = readJson<Comparison>(join(folder, 'comparison.json'))
  const files: Record<string, unknown> = { 'plan.json': JSON.parse(JSON.stringify(plan, withInfinity)) }
  const read = (name: string): unknown => (files[name] = readJson(join(folder, name)))
  const studies: Studies = {
    byMember: Object.fromEntries(
      plan.members.map(({ id }) => {
        const done = STUDIES.filter((study) => existsSync(join(folder, studyFile(id, study))))
        return [id, Object.fromEntries(done.map((study) => [study, read(studyFile(id, study))]))]
      }),
    ),
    memory: read(MEMORY_FILE) as Studies['memory'],
  }
  const runs: Record<string, RunFacts> = {}
  for (const { id, folder: own } of plan.members) {
    const run = GIVEN[id] === undefined ? join(folder, own) : join(RESULTS, GIVEN[id])
    runs[id] = {
      records: await readMetrics(join(run, 'metrics.jsonl')),
      // The nets themselves are not all kept
      parameters: kept.members.find((member) => member.id === id)!.parameters,
    }
  }
  const comparison = comparisonOf(plan, runs, studies)
  writeFileSync(join(folder, 'comparison.json'), `${JSON.stringify(comparison, null, 2)}\n`)
  files['comparison.json'] = comparison
  const { small } = comparisonFigures(plan, runs, studies)
  writeFileSync(
    join(folder, 'report.html'),
    renderComparison({ files, comparison, plan, studies, figures: small }),
  )
}
