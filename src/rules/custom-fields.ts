/** Custom fields of a checkout: validates their definitions and the customer's answers. Answers are text. */
import { ApiError, type Violation } from '../errors.js'
import { isEmail } from './contact.js'

export interface CustomField {
  key: string
  label: string
  field_type: 'text' | 'number' | 'email' | 'url' | 'date' | 'dropdown' | 'boolean'
  options?: readonly string[] | null
  placeholder?: string | null
  required?: boolean
}

const FIELDS_MAX = 5
const TEXT_MAX = 250
const OPTIONS_MAX = 100
export const ANSWER_MAX = 500

/** Throws INVALID_REQUEST_PARAMETERS with a violation for each problem. */
export function checkCustomFields (fields: readonly CustomField[]): void {
  const violations: Violation[] = []
  if (fields.length > FIELDS_MAX) {
    violations.push({ path: 'custom_fields', message: `has ${fields.length} fields, at most ${FIELDS_MAX} are allowed` })
  }
  const refuse = (index: number, name: string, message: string) => {
    violations.push({ path: `custom_fields[${index}].${name}`, message })
  }
  fields.slice(0, FIELDS_MAX).forEach(({ key, label, placeholder, field_type: type, options }, index) => {
    for (const [name, text] of [['key', key], ['label', label]] as const) {
      if (text.trim() === '') refuse(index, name, 'must not be empty')
    }
    for (const [name, text] of [['key', key], ['label', label], ['placeholder', placeholder ?? '']] as const) {
      if (text.length > TEXT_MAX) refuse(index, name, `must not be longer than ${TEXT_MAX} characters`)
    }
    if (fields.findIndex(other => other.key === key) < index) refuse(index, 'key', 'is taken by a field before')
    if (type === 'dropdown') checkOptions(options ?? [], message => { refuse(index, 'options', message) })
  })
  const [first] = violations
  if (first === undefined) return
  throw new ApiError('INVALID_REQUEST_PARAMETERS', { violations, message: `${first.path} ${first.message}` })
}

function checkOptions (options: readonly string[], refuse: (message: string) => void): void {
  if (options.length === 0) refuse('must name the choices of a dropdown')
  if (options.length > OPTIONS_MAX) refuse(`must have at most ${OPTIONS_MAX} choices`)
  if (options.some(option => option.trim() === '' || option.length > TEXT_MAX)) {
    refuse(`must be texts of 1 to ${TEXT_MAX} characters`)
  }
  if (new Set(options).size < options.length) refuse('must differ from each other')
}

/** The outcome of reading a form field: the answer (null if left empty), or a message for the customer. */
export type Answer = { value: string | null } | AnswerProblem

export interface AnswerProblem {
  /** The message in English. */
  problem: string
  /** The label of the field. */
  label: string
  reason: 'tick' | 'missing' | 'long' | Exclude<CustomField['field_type'], 'boolean'>
}

export function readAnswer (field: CustomField, entered: string): Answer {
  const { field_type: type, label, required: isRequired = false } = field
  if (type === 'boolean') {
    const isOn = entered === 'true'
    return isRequired && !isOn ? { problem: `Tick “${label}” to go on.`, label, reason: 'tick' } : { value: String(isOn) }
  }
  const text = entered.trim()
  if (text === '') return isRequired ? { problem: `Fill in “${label}”.`, label, reason: 'missing' } : { value: null }
  if (text.length > ANSWER_MAX) {
    return { problem: `“${label}” takes at most ${ANSWER_MAX} characters.`, label, reason: 'long' }
  }
  const form = FORMS[type]
  return form.fits(text, field) ? { value: text } : { problem: `“${label}” must be ${form.wanted}.`, label, reason: type }
}

interface Form { wanted: string, fits: (text: string, field: CustomField) => boolean }

const FORMS: Record<Exclude<CustomField['field_type'], 'boolean'>, Form> = {
  text: { wanted: 'a text', fits: () => true },
  number: { wanted: 'a number, such as 12 or 1.5', fits: text => /^-?\d+(?:\.\d+)?$/.test(text) },
  email: { wanted: 'an e-mail address', fits: isEmail },
  url: { wanted: 'a web address, such as https://example.com', fits: isWebAddress },
  date: { wanted: 'a date, such as 2026-01-31', fits: isDate },
  dropdown: {
    wanted: 'one of the choices',
    fits: (text, { options }) => options?.some(option => option.trim() === text) === true
  }
}

function isWebAddress (text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
}

/** Whether a date exists. Date.parse turns 31 February into a day of March. */
function isDate (text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const time = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}
