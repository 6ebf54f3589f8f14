// What oxlint's own rules cannot say about the layers: `no-restricted-imports` does not tell a static import from a
// dynamic one, and no rule looks at the path of the file itself.

const VAGUE = /[/.](utils?|helpers?|common|misc)(\.[^/]*)?(\/|$)/i

/** Forbids files and folders whose name says nothing; only the part below the working directory counts. */
const noVaguePath = {
  create(context) {
    return {
      Program(node) {
        const path = context.filename.slice(context.cwd.length).replaceAll('\\', '/')
        if (VAGUE.test(path)) context.report({ node, message: `"${path}" names no idea: give it a room` })
      },
    }
  },
}

/** Packages that must not be loaded before they are chosen (backends) or that browsers lack (`node:`). */
const LATE = /^(node:|webgpu$|@tensorflow\/tfjs-(backend-|node))/

/** Forbids static imports and re-exports, types included, of what may only be loaded by `import()`. */
const onlyDynamic = {
  create(context) {
    const check = (node) => {
      const from = node.source?.value
      if (from && LATE.test(from)) context.report({ node, message: `"${from}" only by dynamic import()` })
    }
    return { ImportDeclaration: check, ExportNamedDeclaration: check, ExportAllDeclaration: check }
  },
}

export default {
  meta: { name: 'rooms' },
  rules: { 'no-vague-path': noVaguePath, 'only-dynamic': onlyDynamic },
}
