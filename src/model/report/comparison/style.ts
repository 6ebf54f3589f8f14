/** What the page of a comparison has beyond the report of a run. */
export const COMPARISON_STYLE = `
.lead { max-width: 46rem; margin-top: 1.25rem; font-size: 1.1rem }
section > p, .finding { max-width: 46rem }
.plots figure { max-width: 34rem }
h2 { margin-top: 2.5rem; font-size: 1.3rem }
.score { border-left: .3rem solid var(--line) }
.score .member { font-size: .9rem; color: var(--quiet) }
.member i { display: inline-block; width: .7em; height: .7em; margin-right: .4em; border-radius: 50% }
p .member, p data { white-space: nowrap }
.wide { width: auto; max-width: none; overflow-wrap: normal }
.wide th, .wide td { padding-right: .9rem }
.wide thead th { vertical-align: bottom }
.plots { margin: 1rem 0 }
.finding { margin: .6rem 0; padding: .7rem 1rem; border-radius: .5rem; background: var(--panel) }
.studies { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); gap: 0 2rem }
.studies h3 { margin: 1rem 0 .25rem; font-size: 1rem }
data, [data-from] { text-decoration: none }
data:hover { text-decoration: underline dotted }
`
