/** Addons in the API's shape. */
import type { Schemas } from '../../contract/operations.js'
import { formatTime } from '../../rules/calendar.js'
import type { Context } from '../../sandbox/sandbox.js'
import { imageUrl } from '../uploads/view.js'
import type { Addon } from './store.js'

export function addonResponse (addon: Addon, context: Context): Required<Schemas['AddonResponse']> {
  return {
    id: addon.addon_id,
    business_id: context.sandbox.business.business_id,
    name: addon.name,
    description: addon.description,
    price: addon.price,
    currency: addon.currency,
    tax_category: addon.tax_category,
    image: imageUrl(addon.image_id, context),
    created_at: formatTime(addon.created_at),
    updated_at: formatTime(addon.updated_at)
  }
}
