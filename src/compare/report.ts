/** The results of `compare` as text for people and as JUnit for CI. */
import type { Difference } from './differences.js'
import type { ScenarioResult, StepResult } from './run.js'

export interface Totals {
  calls: number
  differing: number
  skipped: number
  differences: number
}

export function totalsOf (results: readonly ScenarioResult[]): Totals {
  const steps = results.flatMap(result => result.steps)
  const events = results.flatMap(result => result.events ?? [])
  return {
    calls: steps.length,
    differing: steps.filter(({ differences }) => differences.length > 0).length,
    skipped: steps.filter(({ skipped }) => skipped !== null).length,
    differences: steps.reduce((sum, { differences }) => sum + differences.length, events.length)
  }
}

export function reportText (results: readonly ScenarioResult[]): string[] {
  const { calls, differing, skipped, differences } = totalsOf(results)
  return [
    ...results.flatMap(scenarioLines),
    `${calls} calls, ${differing} with differences, ${skipped} skipped; ${differences} differences in all`
  ]
}

function scenarioLines ({ scenario, steps, events, left_behind: left }: ScenarioResult): string[] {
  return [
    scenario,
    ...steps.flatMap(stepLines),
    ...events === null
      ? ['  events: not compared']
      : events.length === 0 ? ['  same    events'] : ['  DIFFERS events', ...events.map(differenceLine)],
    ...left.map(text => `  not cleaned up: ${text}`),
    ''
  ]
}

function stepLines ({ operation, status, skipped, differences }: StepResult): string[] {
  if (skipped !== null) return [`  skipped ${operation} (${skipped})`]
  if (differences.length === 0) return [`  same    ${operation} ${status?.real ?? ''}`]
  return [`  DIFFERS ${operation}`, ...differences.map(differenceLine)]
}

function differenceLine ({ kind, path, real, sandbox }: Difference): string {
  return `          ${kind}${path === '' ? '' : ` ${path}`}: real ${shown(real)}, emulator ${shown(sandbox)}`
}

const SHOWN_MAX = 100

function shown (value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value)
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text
}

export function reportJunit (results: readonly ScenarioResult[]): string {
  const suites = results.map(result => {
    const cases = [
      ...result.steps.map(({ operation, skipped, differences }, index) =>
        testCase(`${index + 1} ${operation}`, result.scenario, differences, skipped)),
      ...result.events === null ? [] : [testCase('events', result.scenario, result.events, null)]
    ]
    const { differing, skipped, calls } = totalsOf([result])
    const failures = differing + ((result.events ?? []).length > 0 ? 1 : 0)
    const counts = `tests="${calls + (result.events === null ? 0 : 1)}" failures="${failures}" skipped="${skipped}"`
    return `  <testsuite name="${escaped(result.scenario)}" ${counts}>\n${cases.join('')}  </testsuite>\n`
  })
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="dodo-emulator compare">\n${suites.join('')}</testsuites>\n`
}

function testCase (name: string, suite: string, differences: readonly Difference[], skipped: string | null): string {
  const start = `    <testcase name="${escaped(name)}" classname="${escaped(suite)}"`
  if (skipped !== null) return `${start}><skipped message="${escaped(skipped)}"/></testcase>\n`
  if (differences.length === 0) return `${start}/>\n`
  const lines = differences.map(difference => differenceLine(difference).trim())
  return `${start}><failure message="${escaped(lines[0] ?? '')}">${escaped(lines.join('\n'))}</failure></testcase>\n`
}

function escaped (text: string): string {
  // XML has no control characters besides the three kinds of white space.
  return text.replace(/(?![\t\n\r])\p{Cc}/gu, '\ufffd')
    .replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')
}
