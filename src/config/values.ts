/** Parsers of option values. Each takes text and throws a SetupError that says which values are valid. */
import { CONTRACTS, type ContractVersion } from '../contract/versions.js'
import { SetupError } from '../errors.js'
import { SAMPLE_TIME, parseTime } from '../rules/calendar.js'
import { parseDuration } from '../rules/duration.js'
import { isSandboxName, SANDBOX_NAME_RULE } from '../rules/sandbox-name.js'
import { withoutTrailingSlashes } from '../rules/text.js'

export function wholeNumber (min: number, max: number): (text: string) => number {
  return text => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < min || value > max) throw new SetupError(`must be a whole number from ${min} to ${max}`)
    return value
  }
}

export function nonEmpty (text: string): string {
  if (text.trim() === '') throw new SetupError('must not be empty')
  return text
}

export function contractVersion (text: string): ContractVersion {
  const version = CONTRACTS.find(candidate => candidate === text)
  if (version === undefined) throw new SetupError(`must be ${CONTRACTS.join(' or ')}`)
  return version
}

/** A host to listen on or to call: a name or an address. An IPv6 address may be in brackets and have a zone. */
export function hostName (text: string): string {
  const host = text.replace(/^\[(.*)\]$/, '$1')
  if (/^[\w.:%-]+$/.test(host) && URL.canParse(`http://${hostInUrl(host)}`)) return host
  throw new SetupError('must be a host name or an address, without a port, such as 127.0.0.1')
}

/** A host in the form that a URL requires: IPv6 in brackets, without a zone. */
export function hostInUrl (host: string): string {
  return host.includes(':') ? `[${(host.split('%', 1)[0] ?? '')}]` : host
}

export function publicUrl (text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new SetupError('must be an http or https URL without query, such as https://pay.example.test')
  }
  return withoutTrailingSlashes(url.href)
}

/** `https://emulator.example.test/base`, without a trailing slash. */
export function emulatorUrl (text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  const isPlain = url !== null && [url.username, url.password, url.search, url.hash].every(part => part === '')
  if (!isPlain || !['http:', 'https:'].includes(url.protocol)) {
    throw new SetupError('must be an http or https URL without password and query, such as http://127.0.0.1:4010')
  }
  return withoutTrailingSlashes(url.href)
}

export function sandboxName (text: string): string {
  if (isSandboxName(text)) return text
  throw new SetupError(`must be ${SANDBOX_NAME_RULE}`)
}

/** Returns the text unchanged, for a library that handles paths in its own way. */
export function webUrl (text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text
  throw new SetupError('must be an http or https URL, such as http://127.0.0.1:4010')
}

export function endpointUrl (text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new SetupError('must be an http or https URL, such as http://localhost:3000/webhook')
  }
  return text
}

/** Returns the text unchanged. Its user name and password are those of the server. */
export function smtpUrl (text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  const isPlain = url !== null && url.hostname !== '' && url.search === '' && url.hash === ''
  if (!isPlain || !['smtp:', 'smtps:'].includes(url.protocol)) {
    throw new SetupError('must be an smtp or smtps URL, such as smtp://127.0.0.1:1025')
  }
  return text
}

export function webhookKey (text: string): string {
  if (/^whsec_(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return text
  throw new SetupError('must be whsec_ followed by a key in Base64')
}

const ATTEMPTS_MAX = 100

/** Returns milliseconds. */
export function schedule (text: string): number[] {
  const delays = text.split(',').map(part => part.trim() === '0' ? 0 : parseDuration(part))
  const valid = delays.flatMap(delay => delay !== null && delay <= DURATION_MAX_MS ? [delay] : [])
  if (valid.length === delays.length && delays.length <= ATTEMPTS_MAX) return valid
  throw new SetupError(`must be at most ${ATTEMPTS_MAX} durations, separated by commas, such as 0,5s,5m`)
}

/** Names of files, in the given order. */
export function files (text: string): readonly string[] {
  const names = text.split(',').map(part => part.trim())
  if (names.includes('')) throw new SetupError('must be the names of files, separated by commas, or none')
  if (names.length > 1 && names.includes('none')) throw new SetupError('must be none, or the names of files')
  return names
}

export function list (text: string): ReadonlySet<string> {
  return new Set(text.split(',').map(part => part.trim()).filter(part => part !== ''))
}

export function codes (form: RegExp, what: string): (text: string) => ReadonlySet<string> {
  return text => {
    const set = list(text.toUpperCase())
    for (const code of set) if (!form.test(code)) throw new SetupError(`must be ${what}, separated by commas`)
    return set
  }
}

const DURATION_MAX_MS = 36_500 * 86_400_000 // a hundred years: times beyond the year 9999 can't be written

/** Returns milliseconds. */
export function duration (text: string): number {
  const ms = parseDuration(text)
  if (ms === null || ms === 0 || ms > DURATION_MAX_MS) {
    throw new SetupError('must be a duration such as 30s, 15m or 24h, of at most 36500d')
  }
  return ms
}

/** A duration that may be 0. */
export function delay (text: string): number {
  return parseDuration(text) === 0 ? 0 : duration(text)
}

const SEED_MAX = 256

export function seed (text: string): string {
  if (text.length > SEED_MAX) throw new SetupError(`must not be longer than ${SEED_MAX} characters`)
  return nonEmpty(text)
}

/** Returns microseconds. */
export function time (text: string): number {
  const us = parseTime(text)
  if (us === null || us < 0) throw new SetupError(`must be an RFC 3339 time from 1970 on, such as ${SAMPLE_TIME}`)
  return us
}

/** The valid values of `onOff`. */
export const ON_OFF = ['on', 'off'] as const

export function onOff (text: string): boolean {
  if (text !== 'on' && text !== 'off') throw new SetupError('must be on or off')
  return text === 'on'
}
