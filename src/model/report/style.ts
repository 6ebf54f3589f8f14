/** The style sheet of the report: light and dark, narrow and wide. */
export const STYLE = `
:root { color-scheme: light dark; --page: #fff; --ink: #1b1f24; --quiet: #59636e; --line: #d8dde3; --shadow: #0003; --panel: #f5f7f9; --blue: #1f6ac0; --orange: #ad5308; --green: #23704a; --violet: #8446bf; --red: #b3261e; --blue-rgb: 43, 123, 214; --orange-rgb: 222, 110, 20 }
@media (prefers-color-scheme: dark) {
  :root { --page: #14171b; --ink: #e4e8ec; --quiet: #9aa5b1; --line: #333a42; --shadow: #fff3; --panel: #1d2127; --blue: #6aa9ee; --orange: #ee9a52; --green: #5fc492; --violet: #c08cf0; --red: #ff8a80 }
}
* { box-sizing: border-box }
body { margin: 0 auto; padding: 1rem; max-width: 72rem; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere }
h1 { margin: 0; font-size: 1.5rem; line-height: 1.25 }
h2 { margin: 2rem 0 .5rem; font-size: 1.1rem }
p { margin: .25rem 0 }
.about { max-width: 46rem; margin: .75rem 0 }
summary { margin: .5rem 0; cursor: pointer }
figure { margin: 0 }
.quiet, th { color: var(--quiet); font-weight: normal }
.headline { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem; margin-top: 1rem; align-items: center }
.score { padding: .75rem 1rem; border-radius: .5rem; background: var(--panel) }
.score b { display: block; font-size: 2rem; line-height: 1.2; white-space: nowrap }
.score span { color: var(--quiet); font-size: .9rem }
.odenet b { color: var(--blue) }
.stem b { color: var(--orange) }
.resnet b { color: var(--green) }
.remark { min-width: 9.5rem }
.interrupted { color: var(--orange) }
.failed { color: var(--red) }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1.5rem }
.plots + p { margin-top: .75rem }
.plots svg { display: block; width: 100%; max-width: 34rem }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); column-gap: 2rem }
/* What is cut at an edge casts a shadow there */
.scroll { width: fit-content; max-width: 100%; overflow-x: auto; background: linear-gradient(to right, var(--page) 40%, transparent) local left / 2rem 100% no-repeat, linear-gradient(to left, var(--page) 40%, transparent) local right / 2rem 100% no-repeat, linear-gradient(to right, var(--shadow), transparent) left / .75rem 100% no-repeat, linear-gradient(to left, var(--shadow), transparent) right / .75rem 100% no-repeat }
table { border-collapse: collapse; width: 100%; max-width: 34rem; font-size: .9rem; font-variant-numeric: tabular-nums }
th, td { padding: .25rem .5rem .25rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top }
th { overflow-wrap: break-word }
.confusion { table-layout: fixed; max-width: 36rem; overflow-wrap: normal }
.confusion th, .confusion td { padding: .35rem 0; border: 1px solid var(--page); text-align: center }
.confusion .right { background: rgba(var(--blue-rgb), var(--shade)) }
.confusion .wrong { background: rgba(var(--orange-rgb), var(--shade)) }
.confusion .zero { color: var(--quiet); opacity: .5 }
.images { display: grid; grid-template-columns: repeat(auto-fill, minmax(4.25rem, 1fr)); gap: .75rem; max-width: 52rem }
.images img { display: block; width: 100%; height: auto; border-radius: .25rem; image-rendering: pixelated; background: #000 }
.images figcaption { font-size: .9rem; text-align: center }
.images b { color: var(--orange) }
pre { white-space: pre-wrap; padding: .75rem 1rem; border-radius: .5rem; background: var(--panel); font-size: .9rem }
.flag { display: inline-block }
@media (max-width: 40rem) { .remark { grid-column: 1 / -1 } }
@media (max-width: 30rem) { .confusion { font-size: .7rem } .score b { font-size: 1.6rem } }
`
