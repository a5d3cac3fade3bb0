// Coverage of src/ by statements and branches, compared with tools/suite/coverage.json. Node.js writes V8's counts of the processes
// that run tests; this file merges them and maps them to the sources.
//
// The programs that tests start do not count. They alone run 1.1 points of the statements, mostly of src/cli.ts and src/commands/.
// To be counted, each loaded hundreds of modules instead of a bundle, and wrote megabytes at its end. The figures are without
// test/browser, as in .ci/run; the browser adds 0.3 points of the statements and 0.6 of the branches.

import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { mergeScriptCovs } from '@bcoe/v8-coverage'
import { parse } from 'acorn'
import { convert } from 'ast-v8-to-istanbul'
import libCoverage from 'istanbul-lib-coverage'
import { ROOT } from '../build/program.mjs'
import { OUT, sourcesOf, translated } from './translate.mjs'

const FIGURES = join(import.meta.dirname, 'coverage.json')
/** A larger decrease, in points, fails. */
const TOLERANCE_POINTS = 1
const LEAST_COVERED = 10
const KINDS = ['statements', 'branches']

/** The coverage that processes have written to a folder: `{ isOk, lines }`, with the lines to print. */
export async function measureCoverage (folder) {
  const map = await coverageMap(folder)
  const summary = map.getCoverageSummary()
  const expected = JSON.parse(await readFile(FIGURES, 'utf8'))
  const lines = []
  let isOk = true
  for (const kind of KINDS) {
    const { covered, total } = summary[kind]
    const percent = covered / total * 100
    const hasFallen = percent < expected[kind] - TOLERANCE_POINTS
    const isBehind = percent > expected[kind] + TOLERANCE_POINTS
    isOk &&= !hasFallen
    lines.push(`${kind}: ${percent.toFixed(1)} % (${covered} of ${total}); ${relative(ROOT, FIGURES)} says ${expected[kind]} %` +
      (hasFallen ? `, and a fall of more than ${TOLERANCE_POINTS} point fails` : isBehind ? ': raise it' : ''))
  }
  return { isOk, lines: [...lines, ...leastCovered(map)] }
}

/** The files with the most statements that no test runs. */
function leastCovered (map) {
  const missed = map.files().map(file => {
    const { total, covered } = map.fileCoverageFor(file).toSummary().statements
    return { file, count: total - covered }
  }).filter(({ count }) => count > 0).sort((one, other) => other.count - one.count)
  return missed.slice(0, LEAST_COVERED).map(({ file, count }) => `  ${count} statements not run in ${relative(ROOT, file)}`)
}

async function coverageMap (folder) {
  const counted = await countedIn(folder)
  const map = libCoverage.createCoverageMap()
  for (const source of await sourcesOf('src')) {
    const file = translated(relative(ROOT, source))
    const code = await readFile(file, 'utf8')
    const url = pathToFileURL(file).href
    map.merge(await convert({
      code,
      wrapperLength: 0,
      ast: parse(code, { ecmaVersion: 'latest', sourceType: 'module' }),
      sourceMap: JSON.parse(await readFile(`${file}.map`, 'utf8')),
      coverage: mergeScriptCovs(counted.get(url) ?? [neverLoaded(url, code)])
    }))
  }
  return map
}

/** The counts of the processes, by the URL of the script. */
async function countedIn (folder) {
  const prefix = pathToFileURL(join(OUT, 'src/')).href
  const counted = new Map()
  for (const name of await readdir(folder)) {
    const { result } = JSON.parse(await readFile(join(folder, name), 'utf8'))
    for (const script of result) {
      if (!script.url.startsWith(prefix)) continue
      const others = counted.get(script.url)
      if (others === undefined) counted.set(script.url, [script])
      else others.push(script)
    }
  }
  return counted
}

function neverLoaded (url, code) {
  const ranges = [{ startOffset: 0, endOffset: code.length, count: 0 }]
  return { scriptId: '0', url, functions: [{ functionName: '', isBlockCoverage: true, ranges }] }
}
