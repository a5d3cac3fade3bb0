// The output of a test run: a line for each file, and each failure with its place in the source and the difference.

const DIAGNOSTIC_LINES = 40
const COLUMNS = 200
/** Keys of tap's diagnostic that repeat the place or the assertion. */
const IDLE_KEYS = ['at', 'stack', 'source', 'compare', 'tapCaught', 'test', 'generated']
const IDLE_LINES = /^(?:--- expected|\+\+\+ actual|@@ .* @@)?$/

export function printLine (ok, name, details, seconds) {
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name} (${details === '' ? '' : `${details}, `}${seconds.toFixed(1)} s)`)
}

export function printFile ({ file, passed, skipped, failures, seconds }) {
  const details = [
    `${passed + failures.length} assertions`,
    ...(failures.length > 0 ? [`${failures.length} failed`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : [])
  ]
  printLine(failures.length === 0, file, details.join(', '), seconds)
}

export function printFailure ({ file, name, diagnostic }) {
  const frames = framesOf(diagnostic)
  console.log(`\n${placeOf(file, diagnostic, frames)}\n  ${name}`)
  const lines = [...entriesOf(diagnostic), ...frames.map(frame => `at ${frame}`)]
  for (const line of lines.slice(0, DIAGNOSTIC_LINES)) console.log(`    ${cut(line)}`)
  if (lines.length > DIAGNOSTIC_LINES) console.log(`    ${lines.length - DIAGNOSTIC_LINES} more lines`)
}

/** The frames of the stack that are in our source. */
function framesOf ({ stack = '' }) {
  const places = String(stack).match(/(?<![\w./-])(?:src|test)\/[\w./-]+\.ts:\d+(?::\d+)?/g) ?? []
  return [...new Set(places)]
}

function placeOf (file, { at }, frames) {
  const line = at?.fileName === file ? `${at.lineNumber}:${at.columnNumber}` : undefined
  if (line !== undefined) return `${file}:${line}`
  return frames.find(frame => frame.startsWith(file)) ?? file
}

function entriesOf (diagnostic) {
  return Object.entries(diagnostic).filter(([key]) => !IDLE_KEYS.includes(key)).flatMap(([key, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    const lines = text.split('\n').filter(line => !IDLE_LINES.test(line))
    if (key === 'diff') return ['- expected + actual', ...lines]
    return lines.length === 1 ? [`${key}: ${lines[0]}`] : [`${key}:`, ...lines.map(line => `  ${line}`)]
  })
}

function cut (line) {
  return line.length > COLUMNS ? `${line.slice(0, COLUMNS - 1)}…` : line
}
