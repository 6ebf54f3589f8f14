import { join } from 'node:path'
import { toPng } from '../../plot/png.ts'
import { toSvg } from '../../plot/render.ts'
import type { Member } from '../comparison/plan.ts'
import { MEMORY_FILE, studyFile, type MemberStudies, type Studies } from '../comparison/studyFiles.ts'
import { comparisonOf, type RunFacts } from '../comparison/table.ts'
import { decode } from '../checkpoint.ts'
import { readMetrics } from '../metrics.ts'
import { comparisonFigures } from '../report/comparison/figures.ts'
import { renderComparison } from '../report/comparison/page.ts'
import { percent } from '../report/numbers.ts'
import type { CompareFolder } from './compareFolder.ts'
import { withInfinity } from './jsonFile.ts'

const STUDIES: readonly (keyof MemberStudies)[] = ['solvers', 'certificates', 'trajectories', 'noise']

/** Writes the table, the plots and the page, from the files of the comparison alone. Returns a line on each member. */
export async function writeComparison(folder: CompareFolder): Promise<string[]> {
  const { plan } = folder
  const files: Record<string, unknown> = {
    // As the file has it: JSON has no Infinity
    'plan.json': JSON.parse(JSON.stringify(plan, withInfinity)),
  }
  const keep = (name: string): unknown => (files[name] = folder.read(name))
  const studiesOf = ({ id }: Member): Partial<MemberStudies> =>
    Object.fromEntries(
      STUDIES.filter((study) => folder.has(studyFile(id, study))).map((study) => [
        study,
        keep(studyFile(id, study)),
      ]),
    )
  const studies: Studies = {
    byMember: Object.fromEntries(plan.members.map((member) => [member.id, studiesOf(member)])),
    memory: keep(MEMORY_FILE) as Studies['memory'],
  }
  const runs: Record<string, RunFacts> = {}
  for (const member of plan.members) {
    runs[member.id] = {
      records: await readMetrics(join(folder.path, member.folder, 'metrics.jsonl')),
      parameters: decode(folder.netOf(member).state.parameters).length,
    }
  }
  const comparison = comparisonOf(plan, runs, studies)
  folder.write('comparison.json', `${JSON.stringify(comparison, null, 2)}\n`)
  files['comparison.json'] = comparison
  const figures = comparisonFigures(plan, runs, studies)
  for (const { name, options } of figures.large) {
    const svg = toSvg(options)
    folder.write(`plots/${name}.svg`, svg)
    folder.write(`plots/${name}.png`, toPng(svg))
  }
  folder.write('report.html', renderComparison({ files, comparison, plan, studies, figures: figures.small }))
  return comparison.members.map(
    ({ title, testAccuracy }) => `${title}: test accuracy ${percent(testAccuracy)}`,
  )
}
