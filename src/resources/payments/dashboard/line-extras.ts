/**
 * The fields of a product in a cart that depend on the product: quantities of its add-ons, and credits that replace those it
 * grants. The page has a template of them for each product, which the script inserts when a product is chosen. Without
 * scripts, they appear with the next preview.
 */
import { html } from 'ghtml'
import type { JsonObject } from '../../../pages/dashboard/code/call.js'
import { textField } from '../../../pages/dashboard/fields.js'
import type { Form, FormState } from '../../../pages/dashboard/form.js'
import type { PageContext } from '../../../pages/dashboard/page.js'
import { money } from '../../../pages/fragments.js'
import type { Fragment } from '../../../pages/layout.js'
import type { Context } from '../../../sandbox/sandbox.js'
import { productCredits } from '../../credit-entitlements/view.js'

/** A list of the API that names objects of the product, such as `addons: [{ addon_id, quantity }]`. */
export type Extra = 'addons' | 'credit_entitlements'

/** The lists that a line of a checkout session, or the plan of a subscription, accepts. */
export const EXTRAS = { line: ['addons', 'credit_entitlements'], plan: ['addons'] } as const

/** In templates, the place of the line. */
const TEMPLATE_LINE = 'LINE.'

interface Choice {
  id: string
  label: string
}

function choicesOf (extra: Extra, productId: string, context: Context): Choice[] {
  const { sandbox } = context
  if (extra === 'addons') {
    return (sandbox.products.find(productId)?.addons ?? []).flatMap(id => {
      const addon = sandbox.addons.find(id)
      return addon === undefined ? [] : [{ id, label: `${addon.name} · ${money(addon.price, addon.currency, sandbox)}` }]
    })
  }
  return productCredits(productId, context).map(({ credit_entitlement_id: id, credit_entitlement_name: name }) =>
    ({ id, label: `Credits: ${name}` }))
}

/** The fields of the chosen product. `place` is the path of the line with a dot; empty for a plan. */
export function extraFields (
  formState: FormState, place: string, productId: string, extras: readonly Extra[], { context }: PageContext
): Fragment {
  const fields = extras.flatMap(extra => {
    const choices = choicesOf(extra, productId, context)
    const sent = choices.filter(({ id }) => formState.typed?.given(`${place}${extra}.${id}`) !== undefined)
    return choices.map(choice => {
      const index = sent.indexOf(choice)
      return textField(formState, {
        name: `${place}${extra}.${choice.id}`,
        ...(index === -1 ? {} : { at: `${place}${extra}[${index}]` }),
        label: choice.label,
        inputmode: extra === 'addons' ? 'numeric' : 'decimal',
        placeholder: extra === 'addons' ? '0' : 'as the product grants'
      })
    })
  })
  return html`<div class="extras pair">!${fields}</div>`
}

/** Templates of the fields of these products, for the script. */
export function extraTemplates (
  formState: FormState, productIds: readonly string[], extras: readonly Extra[], page: PageContext
): Fragment {
  const { context } = page
  const known = productIds.filter(id => extras.some(extra => choicesOf(extra, id, context).length > 0))
  return html`!${known.map(id => html`<template data-extras="${id}">!${
    extraFields({ ...formState, typed: null, refused: null }, TEMPLATE_LINE, id, extras, page)}</template>`)}`
}

/** The lists of the request; without those that are empty. */
export function extrasOf (
  sent: Form, place: string, productId: string, extras: readonly Extra[], context: Context
): JsonObject {
  const lists = extras.map(extra => {
    const given = choicesOf(extra, productId, context).flatMap(({ id }): JsonObject[] => {
      const name = `${place}${extra}.${id}`
      if (sent.given(name) === undefined) return []
      return [extra === 'addons'
        ? { addon_id: id, quantity: sent.number(name) }
        : { credit_entitlement_id: id, credits_amount: sent.text(name) }]
    })
    return [extra, given.length === 0 ? undefined : given] as const
  })
  return Object.fromEntries(lists)
}
