import { BLUE, BROWN, GREEN, OLIVE, ORANGE, PINK, TEAL, VIOLET } from '../../../plot/colors.ts'
import type { ComparisonPlan, Member } from '../../comparison/plan.ts'

const OF_MEMBERS: { readonly [id: string]: string } = {
  adjoint: BLUE,
  autodiff: VIOLET,
  resnet: GREEN,
  stem: ORANGE,
}
/** For all others, in their order. */
const MORE = [TEAL, PINK, BROWN, OLIVE]

/** The colour of each member in every plot and beside its name. */
export function colorsOf({ members }: ComparisonPlan): (id: string) => string {
  const others = members.map(({ id }) => id).filter((id) => OF_MEMBERS[id] === undefined)
  return (id) => OF_MEMBERS[id] ?? MORE[others.indexOf(id) % MORE.length]!
}

/** The name at the end of a curve. */
export function shortName({ net, id, title }: Member): string {
  return net === 'odenet' ? `ODENet ${id}` : title
}
