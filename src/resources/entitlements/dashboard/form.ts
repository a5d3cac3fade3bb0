/** The form that creates and edits an entitlement: common fields, and the fields of the config of its type. */
import { html } from 'ghtml'
import type { Schemas } from '../../../contract/operations.js'
import {
  areaField, choiceField, form, metadataField, submit, textField, type TextField
} from '../../../pages/dashboard/fields.js'
import type { Form, FormState } from '../../../pages/dashboard/form.js'
import { linkButton, labelOf } from '../../../pages/dashboard/parts.js'
import type { Reading } from '../../../pages/dashboard/reading.js'
import type { Fragment } from '../../../pages/layout.js'
import type { Configs, IntegrationType } from '../config.js'
import type { Entitlement } from '../store.js'

type Field<Name> = Omit<TextField, 'name'> & { name: Name, options?: readonly string[], isLong?: boolean, isNumber?: boolean }

/** The fields of each config in the form. Files are uploaded on the page of the entitlement. */
const FIELDS: { [Type in IntegrationType]: ReadonlyArray<Field<keyof Configs[Type] & string>> } = {
  license_key: [
    { name: 'activations_limit', label: 'Maximum activations', hint: 'Leave empty for no limit.', isNumber: true },
    { name: 'duration_count', label: 'Valid for', hint: 'Leave empty for keys that never expire.', isNumber: true },
    { name: 'duration_interval', label: 'Unit', options: ['', 'Day', 'Week', 'Month', 'Year'] },
    { name: 'fulfillment_mode', label: 'Issued', options: ['auto', 'manual'] },
    { name: 'activation_message', label: 'Activation message', isLong: true }
  ],
  digital_files: [
    { name: 'external_url', label: 'External link', placeholder: 'https://example.com/download' },
    { name: 'instructions', label: 'Instructions', isLong: true }
  ],
  feature_flag: [{ name: 'feature_id', label: 'Feature', isRequired: true }],
  github: [
    { name: 'target_id', label: 'Repository or team', placeholder: 'acme/source', isRequired: true },
    { name: 'permission', label: 'Permission', options: ['pull', 'push', 'triage', 'maintain', 'admin'], isRequired: true }
  ],
  discord: [{ name: 'guild_id', label: 'Server', isRequired: true }, { name: 'role_id', label: 'Role' }],
  telegram: [{ name: 'chat_id', label: 'Chat', isRequired: true }],
  notion: [{ name: 'notion_template_id', label: 'Template', isRequired: true }],
  figma: [{ name: 'figma_file_id', label: 'File', isRequired: true }],
  framer: [{ name: 'framer_template_id', label: 'Template', isRequired: true }]
}

export const TYPES = Object.keys(FIELDS) as IntegrationType[]

/** A type in a URL. An unknown one is the first. */
export function typeOf (text: string | null): IntegrationType {
  return TYPES.find(type => type === text) ?? 'license_key'
}

export function entitlementForm (
  formState: FormState, type: IntegrationType, entitlement: Entitlement | null, leave: string
): Fragment {
  const config = entitlement?.config as Readonly<Record<string, unknown>> | undefined
  return form(formState, html`!${textField(formState, {
    name: 'name', label: 'Name', value: entitlement?.name, isRequired: true
  })}
!${areaField(formState, { name: 'description', label: 'Description', value: entitlement?.description, rows: 2 })}
<fieldset><legend>${labelOf(type)}</legend>
!${FIELDS[type].map(field => configField(formState, field, config?.[field.name]))}
</fieldset>
!${metadataField(formState, entitlement?.metadata)}
<div class="row">!${submit(entitlement === null ? 'Create entitlement' : 'Save')}!${linkButton(leave, 'Cancel')}</div>`)
}

function configField (formState: FormState, { options, isLong, isNumber, ...field }: Field<string>, value: unknown): Fragment {
  const numeric = isNumber === true ? { inputmode: 'numeric' as const } : {}
  const shown = { ...field, ...numeric, at: `integration_config.${field.name}`, value: value == null ? '' : String(value) }
  if (options !== undefined) {
    const labelled = options.map(option => [option, option === '' ? 'None' : labelOf(option)] as const)
    return choiceField(formState, { ...shown, options: labelled })
  }
  return isLong === true ? areaField(formState, shown) : textField(formState, shown)
}

/** The body of a request. `before` is the config that the form does not show completely. */
export function readEntitlement (
  sent: Form, reading: Reading, type: IntegrationType, before: Entitlement['config'] | null
): { name: string, description: string | null, integration_config: Schemas['IntegrationConfig'], metadata: object } {
  const kept = before !== null && 'digital_file_ids' in before
    ? { digital_file_ids: before.digital_file_ids, legacy_file_ids: before.legacy_file_ids }
    : { ...(type === 'digital_files' ? { digital_file_ids: [] } : {}) }
  const given = FIELDS[type].map(({ name, isNumber }) => [name, (isNumber ? sent.number(name) : sent.given(name)) ?? null])
  const fixed = type === 'feature_flag' ? { feature_type: 'boolean' } : {}
  const body = {
    name: sent.text('name'),
    description: sent.text('description'),
    // The API checks the config by the type.
    integration_config: { ...kept, ...fixed, ...Object.fromEntries(given) } as Schemas['IntegrationConfig'],
    metadata: reading.metadata('metadata')
  }
  reading.check()
  return body
}
