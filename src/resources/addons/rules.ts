/** The rules for creating and changing addons. */
import type { Schemas } from '../../contract/operations.js'
import { invalid, notFound } from '../../errors.js'
import { DESCRIPTION_MAX, NAME_MAX, checkLength } from '../../rules/text.js'
import type { Context } from '../../sandbox/sandbox.js'
import { checkUploaded } from '../uploads/rules.js'
import type { Addon } from './store.js'

function check (addon: Pick<Addon, 'name' | 'description' | 'price'>): void {
  checkLength('name', addon.name, NAME_MAX)
  checkLength('description', addon.description, DESCRIPTION_MAX)
  if (addon.price < 0) throw invalid('price', 'price must not be negative')
}

export function decideAddon (body: Schemas['CreateAddonRequest'], { sandbox, now }: Context): Addon {
  const addon = {
    addon_id: sandbox.ids.next('adn', now),
    name: body.name,
    description: body.description ?? null,
    price: body.price,
    currency: body.currency,
    tax_category: body.tax_category,
    image_id: null,
    created_at: now,
    updated_at: now
  }
  check(addon)
  return addon
}

/** Returns the changed addon. Fields that are absent or null stay as they are, except `image`, which null removes. */
export function changedAddon (addon: Addon, body: Schemas['PatchAddonRequest'], context: Context): Addon {
  if (body.image_id != null) checkUploaded(body.image_id, 'image', addon.addon_id, 'image_id', context)
  const changed = {
    ...addon,
    name: body.name ?? addon.name,
    description: body.description ?? addon.description,
    price: body.price ?? addon.price,
    currency: body.currency ?? addon.currency,
    tax_category: body.tax_category ?? addon.tax_category,
    image_id: body.image_id === undefined ? addon.image_id : body.image_id,
    updated_at: context.now
  }
  check(changed)
  return changed
}

/** Throws NOT_FOUND. */
export function findAddon (addonId: string, { sandbox }: Context): Addon {
  const addon = sandbox.addons.find(addonId)
  if (addon === undefined) throw notFound('addon', addonId, 'id')
  return addon
}
