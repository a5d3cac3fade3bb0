/** The fields for the appearance of a checkout session: theme, language, and the colours, fonts and corners of a custom theme. */
import { html } from 'ghtml'
import type { Schemas } from '../../../contract/operations.js'
import type { JsonObject } from '../../../pages/dashboard/code/call.js'
import { choiceField, textField } from '../../../pages/dashboard/fields.js'
import type { Form, FormState } from '../../../pages/dashboard/form.js'
import { labelOf } from '../../../pages/dashboard/parts.js'
import type { Fragment } from '../../../pages/layout.js'
import { COLOUR_NAMES } from '../../../rules/theme.js'
import { given, group, switched, SWITCH } from './option-parts.js'

const THEME = 'customization.theme_config'
const MODES = ['light', 'dark'] as const
const SIZES: ReadonlyArray<Schemas['FontSize']> = ['xs', 'sm', 'md', 'lg', 'xl', '2xl']
const WEIGHTS: ReadonlyArray<Schemas['FontWeight']> = ['normal', 'medium', 'bold', 'extraBold']
const TEXTS = ['radius', 'pay_button_text', 'font_primary_url', 'font_secondary_url'] as const
const CHOICES = ['font_size', 'font_weight'] as const

export function appearanceFields (formState: FormState): Fragment {
  const look = group(formState, 'appearance-options', 'Appearance', [
    'theme', 'force_language', 'show_order_details', 'show_on_demand_tag'
  ].map(name => `customization.${name}`), html`<div class="pair">
!${choiceField(formState, {
    name: 'customization.theme',
    label: 'Theme',
    options: [['', 'Default'], ['light', 'Light'], ['dark', 'Dark'], ['system', 'System']]
  })}
!${textField(formState, { name: 'customization.force_language', label: 'Language', placeholder: 'de' })}
!${choiceField(formState, { name: 'customization.show_order_details', label: 'Order details', options: SWITCH })}
!${choiceField(formState, { name: 'customization.show_on_demand_tag', label: 'On-demand tag', options: SWITCH })}</div>`)
  return html`!${look}!${themeFields(formState)}`
}

function themeFields (formState: FormState): Fragment {
  const options = (values: readonly string[]) => [['', 'Default'] as const, ...values.map(value => [value, value] as const)]
  const names = [...TEXTS, ...CHOICES, ...MODES.flatMap(mode => COLOUR_NAMES.map(name => `${mode}.${name}`))]
  return group(formState, 'theme-options', 'Custom theme', names.map(name => `${THEME}.${name}`), html`<div class="pair">
!${textField(formState, { name: `${THEME}.pay_button_text`, label: 'Text of the pay button', placeholder: 'Pay now' })}
!${textField(formState, { name: `${THEME}.radius`, label: 'Corner radius', placeholder: '8px' })}
!${choiceField(formState, { name: `${THEME}.font_size`, label: 'Font size', options: options(SIZES) })}
!${choiceField(formState, { name: `${THEME}.font_weight`, label: 'Font weight', options: options(WEIGHTS) })}
!${textField(formState, { name: `${THEME}.font_primary_url`, label: 'Font URL', type: 'url' })}
!${textField(formState, { name: `${THEME}.font_secondary_url`, label: 'Second font URL', type: 'url' })}</div>
!${MODES.map(mode => html`<h3>${mode === 'light' ? 'Light colours' : 'Dark colours'}</h3><div class="pair">
!${COLOUR_NAMES.map(name => textField(formState, {
  name: `${THEME}.${mode}.${name}`, label: labelOf(name), placeholder: '#2a56c6'
}))}</div>`)}`)
}

/** `customization` of the request; undefined without any value. */
export function appearanceBody (sent: Form): JsonObject | undefined {
  const texts = (names: readonly string[], place: string) =>
    names.map(name => [name, sent.given(`${place}.${name}`)] as const)
  return given([
    ['theme', sent.given('customization.theme')],
    ['force_language', sent.given('customization.force_language')],
    ['show_order_details', switched(sent, 'customization.show_order_details')],
    ['show_on_demand_tag', switched(sent, 'customization.show_on_demand_tag')],
    ['theme_config', given([
      ...texts([...TEXTS, ...CHOICES], THEME),
      ...MODES.map(mode => [mode, given(texts(COLOUR_NAMES, `${THEME}.${mode}`))] as const)
    ])]
  ])
}
