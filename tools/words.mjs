// Finds words and turns of phrase that this project does not use, with a suggestion for each. Reads comments, strings, Markdown,
// descriptions in YAML and test titles of every tracked text file. Exits with 1 when it finds one.
//
//   node tools/words.mjs                     every file
//   node tools/words.mjs docs README.md      the files below these paths
//   node tools/words.mjs --count src         only how many each rule finds
//
// tools/words/rules.mjs holds the rules and their exceptions, tools/words/prose.mjs finds the prose of a file. To add a rule, add
// an entry to RULES. To allow one sentence, add its file and text to EXCEPTIONS.

import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { proseOf } from './words/prose.mjs'
import { EXCEPTIONS, LEFT_OUT, RULES } from './words/rules.mjs'

const { values: options, positionals: paths } = parseArgs({
  options: { count: { type: 'boolean', default: false } },
  allowPositionals: true
})
const counts = new Map(RULES.map(rule => [rule, 0]))
const unused = new Set(EXCEPTIONS)

for (const file of trackedFiles()) {
  if (LEFT_OUT.some(pattern => pattern.test(file))) continue
  for (const unit of proseOf(file, readFileSync(file, 'utf8'))) check(file, unit)
}
if (paths.length === 0) {
  for (const { file, text } of unused) console.log(`tools/words/rules.mjs: remove the unused exception "${text}" of ${file}`)
}

const found = [...counts].filter(([, count]) => count > 0).sort((a, b) => b[1] - a[1])
for (const [rule, count] of found) console.log(`${String(count).padStart(6)}  ${rule.name}`)
const total = found.reduce((sum, [, count]) => sum + count, 0)
if (total > 0) console.log(`${String(total).padStart(6)}  in all`)
process.exitCode = total > 0 || (paths.length === 0 && unused.size > 0) ? 1 : 0

/** The tracked files below the paths, and new ones that git does not ignore. A path without any is a mistake. */
function trackedFiles () {
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--error-unmatch', '--', ...paths]
  const { status, stdout } = spawnSync('git', list, { stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 64 * 1024 * 1024 })
  if (status !== 0) process.exit(2)
  return stdout.toString().split('\0').filter(file => file !== '' && existsSync(file))
}

function check (file, unit) {
  for (const rule of RULES) {
    if (rule.kinds !== undefined && !rule.kinds.includes(unit.kind)) continue
    for (const match of unit.text.matchAll(rule.pattern)) {
      if (isException(file, unit, match)) continue
      counts.set(rule, counts.get(rule) + 1)
      if (options.count) continue
      const text = match[0].replace(/\s+/g, ' ').trim()
      const start = match.index + match[0].search(/\S/)
      console.log(`${file}:${unit.lineAt(start)}: "${text}" (${rule.reason}). ${rule.suggestion}`)
    }
  }
}

/** Whether the match lies within the text of an exception for the file. */
function isException (file, unit, match) {
  const text = unit.text.replace(/\s/g, ' ')
  const exception = EXCEPTIONS.find(one => {
    if (one.file !== file) return false
    for (let at = text.indexOf(one.text); at !== -1; at = text.indexOf(one.text, at + 1)) {
      if (at <= match.index && match.index + match[0].length <= at + one.text.length) return true
    }
    return false
  })
  unused.delete(exception)
  return exception !== undefined
}
