// Finds regular expressions that can take more than linear time, because a crafted input could block the emulator. Checks every
// literal in src/ and every pattern of the documents that ajv compiles. Skips expressions without an unbounded quantifier, which take
// a bounded number of steps at each position.
//
//   node tools/expressions.mjs

import { readFileSync, readdirSync } from 'node:fs'
import { checkSync } from 'recheck'
import ts from 'typescript'

/**
 * May create expressions at run time: those of a caller, which requests/bounded.ts stops after a second, and one character of a
 * script, by the name of the script.
 */
const MAKES_EXPRESSIONS = new Set(['src/requests/match.ts', 'src/pages/typesetting/fonts.ts'])
const DOCUMENTS = ['openapi/openapi.gen.json', 'openapi/control.gen.json', 'fixtures/schema.gen.json']
const TIMEOUT_MS = 60_000

const problems = []
const expressions = new Map() // by text, so that each is checked once

for (const name of readdirSync('src', { recursive: true, encoding: 'utf8' })) {
  const file = `src/${name.replaceAll('\\', '/')}`
  if (file.endsWith('.ts') && !file.includes('.gen.')) readSource(file)
}
for (const file of DOCUMENTS) readPatterns(JSON.parse(readFileSync(file, 'utf8')), file)

if (expressions.size < 40) problems.push(`only ${expressions.size} expressions were found`)
if (checkSync('([^&=]+)=([^&]*)', 'g').status !== 'vulnerable') problems.push('recheck missed a slow expression')
for (const { source, flags, place } of expressions.values()) {
  const { status, complexity, attack } = checkSync(source, flags, { timeout: TIMEOUT_MS })
  if (status === 'safe') continue
  const why = status === 'vulnerable' ? `${complexity.summary}, as with ${attack.pattern}` : 'recheck cannot tell how long it takes'
  problems.push(`${place}: /${source}/${flags}: ${why}`)
}
for (const problem of problems) console.error(problem)
process.exitCode = problems.length === 0 ? 0 : 1

function readSource (file) {
  const tree = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)
  const placeOf = node => `${file}:${tree.getLineAndCharacterOfPosition(node.getStart()).line + 1}`
  const visit = node => {
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/')
      add({ source: node.text.slice(1, end), flags: node.text.slice(end + 1), place: placeOf(node) })
    }
    const makesOne = (ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText() === 'RegExp'
    if (makesOne && !MAKES_EXPRESSIONS.has(file)) problems.push(`${placeOf(node)}: write a literal, which can be checked`)
    ts.forEachChild(node, visit)
  }
  visit(tree)
}

function readPatterns (value, file) {
  if (typeof value !== 'object' || value === null) return
  if (typeof value.pattern === 'string') add({ source: value.pattern, flags: 'u', place: file })
  for (const inner of Object.values(value)) readPatterns(inner, file)
}

function add (expression) {
  const outsideOfClasses = expression.source.replace(/\\.|\[(?:\\.|[^\]\\])*\]/gs, 'x')
  if (/[*+]|\{\d+,\}/.test(outsideOfClasses)) expressions.set(`/${expression.source}/${expression.flags}`, expression)
}
