/** Add-ons of a fixtures file. */
import type { FixturesItems } from '../../fixtures/document.js'
import { creationAndChange, type DataPart, type FixturesParts } from '../../fixtures/part.js'
import { decideAddon } from './rules.js'

const addons: DataPart<FixturesItems['Addon']> = {
  what: 'addon',
  rank: 20,
  id: { field: 'id', isTaken: (id, { addons }) => addons.find(id) !== undefined },
  references: ['addons'],
  insert (item, context) {
    const decided = decideAddon(item, context)
    const addon = { ...decided, addon_id: item.id ?? decided.addon_id, ...creationAndChange(item, context.now) }
    context.sandbox.addons.insert(addon)
    return addon.addon_id
  }
}

export const fixtures: FixturesParts = { addons }
