/** Control API for fixtures: adds data to a running sandbox. */
import { outsideBatch, type ControlHandlers } from '../contract/handlers.js'
import type { Reply } from '../contract/operations.js'
import { addFixtures } from '../fixtures/add.js'
import { fixturesParts } from '../resources/all.js'

export const fixtureControls = {
  'POST /_emulator/load': outsideBatch(async ({ body, context }) => {
    const made = await addFixtures(body, context)
    const lists = fixturesParts.map(([list, { listed }]) => [list, (made[list] ?? []).map(listed ?? (({ id }) => id))])
    return Object.fromEntries(lists) as Reply<'POST /_emulator/load'>
  })
} satisfies ControlHandlers
