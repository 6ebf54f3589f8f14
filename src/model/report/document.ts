import { escape } from './markup.ts'
import { STYLE } from './style.ts'

/** An HTML file that needs nothing else: no script, no network, light and dark. */
export function htmlDocument(
  title: string,
  { style = '', header, main }: { readonly style?: string; readonly header: string; readonly main: string },
): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${escape(title)}</title>
<style>${STYLE}${style}</style>
</head>
<body>
<header>
<h1>${escape(title)}</h1>
${header}
</header>
<main>
${main}
</main>
</body>
</html>
`
}
