/** Handlers of the operations under /addons. */
import type { Handlers } from '../../contract/handlers.js'
import { paging } from '../../contract/paging.js'
import { openTarget } from '../uploads/lifecycle.js'
import { changedAddon, findAddon, decideAddon } from './rules.js'
import { addonResponse } from './view.js'

export const addons = {
  'GET /addons': ({ query, context }) => {
    const { limit, offset } = paging(query)
    return { items: context.sandbox.addons.list(limit, offset).map(addon => addonResponse(addon, context)) }
  },

  'POST /addons': ({ body, context }) => {
    const addon = decideAddon(body, context)
    context.sandbox.addons.insert(addon)
    return addonResponse(addon, context)
  },

  'GET /addons/{id}': ({ path, context }) => addonResponse(findAddon(path.id, context), context),

  'PATCH /addons/{id}': ({ path, body, context }) => {
    const addon = changedAddon(findAddon(path.id, context), body, context)
    context.sandbox.addons.update(addon)
    return addonResponse(addon, context)
  },

  'PUT /addons/{id}/images': ({ path, context }) => {
    const { addon_id: addonId } = findAddon(path.id, context)
    const { upload_id: imageId, url } = openTarget({ kind: 'image', ownerId: addonId }, context)
    return { image_id: imageId, url }
  }
} satisfies Handlers
