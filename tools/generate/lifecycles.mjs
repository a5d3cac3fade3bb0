// Generates docs/lifecycles.gen.md, with a picture and a table of every lifecycle, from src/resources/*/states.ts.
import { existsSync, readdirSync } from 'node:fs'
import { importSource, tableRow } from './source.mjs'

const PATH = 'docs/lifecycles.gen.md'

async function lifecycles () {
  const files = readdirSync('src/resources').sort().map(resource => `src/resources/${resource}/states.ts`).filter(existsSync)
  const modules = await Promise.all(files.map(async file => ({ file, exported: Object.values(await importSource(file)) })))
  return modules.map(({ file, exported }) => {
    const found = exported.find(value => value?.table !== undefined)
    if (found === undefined) throw new Error(`${file} exports no lifecycle`)
    return { file, ...found }
  })
}

const START = '[*]'
const list = value => Array.isArray(value) ? value : [value]
const code = text => `\`${text}\``

/** Every arrow of the picture with its actions. */
function arrows ({ transitions }) {
  const found = new Map()
  for (const { on, from, to, if: condition } of transitions) {
    for (const state of list(from)) {
      const key = `${state ?? START} --> ${to ?? state}`
      const label = condition === undefined ? on : `${on} (${condition.text})`
      found.set(key, [...found.get(key) ?? [], label])
    }
  }
  return [...found].map(([arrow, labels]) => `  ${arrow}: ${[...new Set(labels)].join(', ')}`)
}

function picture (lifecycle) {
  const { table, isFinal } = lifecycle
  const states = new Set(table.transitions.flatMap(({ from, to }) => [...list(from), to]).filter(state => state != null))
  const ends = [...states].filter(isFinal).map(state => `  ${state} --> ${START}`)
  return ['```mermaid', 'stateDiagram-v2', ...arrows(table), ...ends, '```'].join('\n')
}

function transitionTable ({ transitions }) {
  const rows = transitions.map(({ on, from, to, if: condition, events = [] }) => tableRow([
    on,
    list(from).map(state => state === null ? 'new' : code(state)).join(', '),
    to === undefined ? 'the same' : code(to),
    condition?.text ?? '',
    events.map(code).join(', ')
  ]))
  return ['| Action | From | To | If | Events, in order |', '|---|---|---|---|---|', ...rows].join('\n')
}

function actionTable ({ actions }) {
  const rows = Object.entries(actions).map(([name, { text, guards = [] }]) =>
    tableRow([name, text, guards.map(guard => guard.text).join('; ')]))
  return ['| Action | Description | Condition |', '|---|---|---|', ...rows].join('\n')
}

function section (lifecycle) {
  const { table, file } = lifecycle
  return `## ${table.name}\n\nSource: \`${file}\`.\n\n${picture(lifecycle)}\n\n${actionTable(table)}\n\n${transitionTable(table)}\n`
}

export async function lifecyclePictures () {
  const sections = (await lifecycles()).map(section)
  const content = `<!-- Generated from src/resources/*/states.ts by npm run generate: do not edit. -->
# Lifecycles

The rules, the dashboard and this page use the same tables. An action is refused in a state without an arrow for it. All events of a
transition have the same time.

${sections.join('\n')}`
  return [{ path: PATH, content }]
}
