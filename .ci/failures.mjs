// What has failed, in few lines: each failed assertion with its file, the chapters that it stands in, the steps that met it, and the
// beginning of its diagnostic; of a step without any, the end of its log.
//
//   node .ci/failures.mjs LINES (TITLE LOG)…
//
// Of many failures less is told of each, so that there are at most about LINES lines: a log is often kept only in part.

import { readFileSync } from 'node:fs'

const DIAGNOSTIC_LINES = 15
const COLUMNS = 200
/** Of a diagnostic. */
const FIRST_KEYS = ['diff', 'message', 'thrown', 'exitCode', 'signal', 'found', 'wanted', 'stack']
const IDLE_LINES = /^\s*(?:--- expected|\+\+\+ actual|@@ .* @@)?$/
const IDLE_KEYS = ['compare', 'at', 'stdio', 'cwd', 'command', 'args', 'jobId', 'externalID', 'handles', 'typeName']

/** The failures in the output of the test runner: { name, diagnostic }. */
function failuresIn (lines) {
  const failures = []
  /** The subtests that are open, and how many failures there were before each. */
  const open = []
  for (const [number, line] of lines.entries()) {
    const [, indent, subtest, failed] = /^((?: {4})*)(?:# Subtest: (.*)|not ok \d+(?: - )?(.*))$/.exec(line) ?? []
    if (indent === undefined) continue
    const depth = indent.length / 4
    if (subtest !== undefined) {
      open[depth] = { name: subtest, before: failures.length }
      continue
    }
    if (/ # (?:TODO|SKIP)\b/i.test(failed)) continue
    // A subtest ends with its time. It is told of where nothing within it was, such as a file that could not be run.
    const isSubtest = / # time=\S+$/.test(failed)
    const inner = isSubtest && open[depth] !== undefined ? failures.slice(open[depth].before) : []
    if (inner.length > 0) {
      // One process may run several files. Where a chapter stands is said at its end.
      if (depth === 1) for (const { names } of inner) names[0] = fileAt(lines, number + 1) ?? names[0]
      continue
    }
    const names = [...open.slice(0, depth).map(({ name }) => name), failed.replace(/ # time=\S+$/, '')]
    if (depth === 1) names[0] = fileAt(lines, number + 1) ?? names[0]
    failures.push({ names, diagnostic: diagnosticAt(lines, number + 1, indent.length + 2) })
  }
  return failures.map(({ names, diagnostic }) => ({ name: names.map(written).join(' › '), diagnostic }))
}

/** The test file that a diagnostic names as its place. */
function fileAt (lines, first) {
  const end = lines.findIndex((line, number) => number > first && line.trim() === '...')
  const [, file] = /^ *fileName: (\.build\/test\/\S+\.test\.js)$/m.exec(lines.slice(first, end).join('\n')) ?? []
  return file
}

/** A file by the name under which it was written. */
function written (name) {
  return name.replace(/^\.build\/(test\/.*)\.js$/, '$1.ts').replace(/\\([\\#])/g, '$1')
}

const keyOf = ([line]) => line.split(/[:,]/, 1)[0]

/** The YAML after a failed assertion, key by key: what says most comes first. */
function diagnosticAt (lines, first, indent) {
  if (lines[first]?.trim() !== '---') return []
  const end = lines.findIndex((line, number) => number > first && line.trim() === '...')
  const entries = []
  for (const line of lines.slice(first + 1, end).map(line => line.slice(indent)).filter(line => !IDLE_LINES.test(line))) {
    if (/^\S/.test(line)) entries.push([line])
    else entries.at(-1)?.push(line)
  }
  const diff = entries.find(entry => keyOf(entry) === 'diff')
  if (diff !== undefined) diff[0] = 'diff, - expected + actual:'
  const rank = entry => (FIRST_KEYS.indexOf(keyOf(entry)) + 1 || FIRST_KEYS.length + 1)
  return entries.filter(entry => !IDLE_KEYS.includes(keyOf(entry))).sort((one, other) => rank(one) - rank(other)).flat()
}

function tell (line) {
  console.log(line.length > COLUMNS ? `${line.slice(0, COLUMNS - 1)}…` : line)
}

const [budget, ...steps] = process.argv.slice(2)
const told = new Map()
while (steps.length > 0) {
  const [title, log] = steps.splice(0, 2)
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n')
  const failures = failuresIn(lines)
  if (failures.length === 0) failures.push({ name: 'its log ends so', diagnostic: lines.slice(-DIAGNOSTIC_LINES), isEnd: true })
  for (const { name, diagnostic, isEnd } of failures) {
    const key = isEnd ? `${title}: ${name}` : name
    const known = told.get(key) ?? { diagnostic, isEnd, titles: [] }
    known.titles.push(title)
    told.set(key, known)
  }
}

const shown = [...told].slice(0, Math.max(1, Math.floor(budget / 3)))
const each = Math.min(DIAGNOSTIC_LINES, Math.max(0, Math.floor(budget / shown.length) - 2))
for (const [name, { diagnostic, isEnd, titles }] of shown) {
  tell(`not ok: ${name}`)
  if (!isEnd) tell(`  in ${[...new Set(titles)].join('; ')}`)
  for (const line of isEnd ? diagnostic.slice(-each) : diagnostic.slice(0, each)) tell(`    ${line}`)
}
if (told.size > shown.length) tell(`and ${told.size - shown.length} more`)
