/**
 * The config of an entitlement, which depends on the integration type. The union of the contract has no discriminator, and almost
 * everything matches the shape of a licence key, so the config is read by the integration type of the request.
 */
import type { Schemas } from '../../contract/operations.js'
import { invalid, invalidBody } from '../../errors.js'
import { checkLength } from '../../rules/text.js'

export interface LicenseKeyConfig {
  activation_message: string | null
  activations_limit: number | null
  duration_count: number | null
  duration_interval: Schemas['TimeInterval'] | null
  fulfillment_mode: Schemas['FulfillmentMode']
}

export interface DigitalFilesConfig {
  digital_file_ids: string[]
  /** Files that were uploaded to a product without an entitlement. */
  legacy_file_ids: string[]
  external_url: string | null
  instructions: string | null
}

/** The stored config by integration type. Every key is present. */
export interface Configs {
  feature_flag: { feature_id: string, feature_type: Schemas['FeatureType'] }
  github: { target_id: string, permission: Schemas['GithubPermission'] }
  discord: { guild_id: string, role_id: string | null }
  telegram: { chat_id: string }
  figma: { figma_file_id: string }
  framer: { framer_template_id: string }
  notion: { notion_template_id: string }
  digital_files: DigitalFilesConfig
  license_key: LicenseKeyConfig
}

export type IntegrationType = keyof Configs & Schemas['EntitlementIntegrationType']

/** An integration type and its config. */
export type TypedConfig = {
  [Type in IntegrationType]: { integration_type: Type, config: Configs[Type] }
}[IntegrationType]

const PERMISSIONS = ['pull', 'push', 'admin', 'maintain', 'triage'] as const
const INTERVALS = ['Day', 'Week', 'Month', 'Year'] as const
const MODES = ['auto', 'manual'] as const

const ID_MAX = 255
const MESSAGE_MAX = 2500
const URL_MAX = 2000
const FILES_MAX = 100
const INT32_MAX = 2 ** 31 - 1

/** Reads and checks the fields of a config in a request, by name. */
interface Fields {
  text (name: string): string
  optionalText (name: string, max: number): string | null
  choice<Word extends string> (name: string, words: readonly Word[]): Word
  optionalChoice<Word extends string> (name: string, words: readonly Word[]): Word | null
  /** Reads an integer of at least 1. */
  count (name: string): number | null
  texts (name: string): string[]
  optionalTexts (name: string): string[] | null | undefined
}

const READERS: { [Type in IntegrationType]: (fields: Fields, before: Configs[Type] | null) => Configs[Type] } = {
  feature_flag: fields => ({ feature_id: fields.text('feature_id'), feature_type: fields.choice('feature_type', ['boolean']) }),
  github: fields => ({ target_id: fields.text('target_id'), permission: fields.choice('permission', PERMISSIONS) }),
  discord: fields => ({ guild_id: fields.text('guild_id'), role_id: fields.optionalText('role_id', ID_MAX) }),
  telegram: fields => ({ chat_id: fields.text('chat_id') }),
  figma: fields => ({ figma_file_id: fields.text('figma_file_id') }),
  framer: fields => ({ framer_template_id: fields.text('framer_template_id') }),
  notion: fields => ({ notion_template_id: fields.text('notion_template_id') }),
  digital_files: digitalFiles,
  license_key: licenseKey
}

/**
 * Returns the config of a request in its stored form. `before` is the config that it replaces. Throws INVALID_REQUEST_BODY if it
 * does not match the type, and INVALID_REQUEST_PARAMETERS if it exceeds a limit.
 */
export function readConfig<Type extends IntegrationType> (
  type: Type, given: Schemas['IntegrationConfig'], before: Configs[Type] | null = null
): Configs[Type] {
  return READERS[type](fieldsOf(given as Record<string, unknown>, type), before)
}

function digitalFiles (fields: Fields, before: DigitalFilesConfig | null): DigitalFilesConfig {
  const legacy = fields.optionalTexts('legacy_file_ids')
  const externalUrl = fields.optionalText('external_url', URL_MAX)
  if (externalUrl !== null && (!URL.canParse(externalUrl) || new URL(externalUrl).protocol !== 'https:')) {
    throw invalid('integration_config.external_url', 'integration_config.external_url must be an absolute https URL')
  }
  return {
    digital_file_ids: fields.texts('digital_file_ids'),
    legacy_file_ids: legacy === undefined ? before?.legacy_file_ids ?? [] : legacy ?? [],
    external_url: externalUrl,
    instructions: fields.optionalText('instructions', MESSAGE_MAX)
  }
}

function licenseKey (fields: Fields): LicenseKeyConfig {
  const count = fields.count('duration_count')
  const interval = fields.optionalChoice('duration_interval', INTERVALS)
  if ((count === null) !== (interval === null)) {
    throw invalid(`integration_config.${count === null ? 'duration_count' : 'duration_interval'}`,
      'integration_config.duration_count and integration_config.duration_interval belong together: give both or neither')
  }
  return {
    activation_message: fields.optionalText('activation_message', MESSAGE_MAX),
    activations_limit: fields.count('activations_limit'),
    duration_count: count,
    duration_interval: interval,
    fulfillment_mode: fields.optionalChoice('fulfillment_mode', MODES) ?? 'auto'
  }
}

function fieldsOf (given: Record<string, unknown>, type: string): Fields {
  const at = (name: string) => `integration_config.${name}`
  const wrong = (name: string, problem: string) => invalidBody(at(name), problem)
  const required = (name: string): unknown => {
    if (given[name] == null) throw wrong(name, `is required for the integration type ${type}`)
    return given[name]
  }

  function textOf (name: string, value: unknown, max: number): string {
    if (typeof value !== 'string') throw wrong(name, 'must be string')
    checkLength(at(name), value, max)
    return value
  }

  function choiceOf<Word extends string> (name: string, value: unknown, words: readonly Word[]): Word {
    const word = words.find(candidate => candidate === value)
    if (word === undefined) throw wrong(name, `must be one of ${words.join(', ')}`)
    return word
  }

  function textsOf (name: string, value: unknown): string[] {
    if (!Array.isArray(value)) throw wrong(name, 'must be array')
    if (value.length > FILES_MAX) {
      throw invalid(at(name), `${at(name)} must have at most ${FILES_MAX} entries, not ${value.length}`)
    }
    return [...new Set(value.map((item, index) => textOf(`${name}[${index}]`, item, ID_MAX)))]
  }

  return {
    text (name) {
      const text = textOf(name, required(name), ID_MAX).trim()
      if (text === '') throw invalid(at(name), `${at(name)} must not be empty`)
      return text
    },
    optionalText: (name, max) => given[name] == null ? null : textOf(name, given[name], max) || null,
    choice: (name, words) => choiceOf(name, required(name), words),
    optionalChoice: (name, words) => given[name] == null ? null : choiceOf(name, given[name], words),
    count (name) {
      const value = given[name]
      if (value == null) return null
      if (typeof value !== 'number' || !Number.isInteger(value) || value > INT32_MAX) throw wrong(name, 'must be integer')
      if (value < 1) throw invalid(at(name), `${at(name)} must be at least 1, or be omitted`)
      return value
    },
    texts: name => textsOf(name, required(name)),
    optionalTexts (name) {
      const value = given[name]
      return value == null ? value as null | undefined : textsOf(name, value)
    }
  }
}
