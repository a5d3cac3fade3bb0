/** The table of fidelity: what it names exists. */
import { existsSync } from 'node:fs'
import t from 'tap'
import { OPTIONS } from '../../src/config/config.js'
import { DEFAULT_SETTINGS } from '../../src/resources/settings/defaults.js'
import { packagePath } from '../../src/root.js'
import { FIDELITY } from '../../src/rules/fidelity.js'

t.test('every row has an id of its own, an existing test, and existing options and settings', async t => {
  t.equal(new Set(FIDELITY.map(({ id }) => id)).size, FIDELITY.length)
  const names = new Set([...Object.values(OPTIONS).map(({ flag }) => `--${flag}`), ...Object.keys(DEFAULT_SETTINGS)])
  for (const { id, test, changed_by: changes = [] } of FIDELITY) {
    t.ok(existsSync(packagePath('test', test)), `${id}: test/${test}`)
    for (const name of changes) t.ok(names.has(name), `${id}: ${name}`)
  }
})
