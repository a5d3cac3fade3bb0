/** Checks of `doctor` that need no emulator: the variables of the program, and the version of its client. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { packageJson } from '../../root.js'
import { isDodoHost } from '../../rules/dodo-hosts.js'
import { ok, problem, warning, type Finding, type SetUp } from './findings.js'

const BASE_URL = 'DODO_PAYMENTS_BASE_URL'
const ENVIRONMENT = 'DODO_PAYMENTS_ENVIRONMENT'

export function checkVariables ({ variables, target: { url, prefix } }: SetUp): Finding[] {
  const { [BASE_URL]: baseUrl, [ENVIRONMENT]: environment } = variables
  return [checkBaseUrl(baseUrl, `${url}${prefix}`), ...checkEnvironment(baseUrl, environment)]
}

function checkBaseUrl (baseUrl: string | undefined, emulator: string): Finding {
  const set = `set ${BASE_URL}=${emulator}`
  if (!baseUrl) {
    return warning('base-url', `${BASE_URL} is not set, so clients without a base URL call the real service`, set)
  }
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null
  if (url === null || !/^https?:$/.test(url.protocol)) return problem('base-url', `${BASE_URL} is not an http or https URL`, set)
  if (isDodoHost(url.hostname)) return problem('base-url', `${BASE_URL} is the real service: ${url.origin}`, set)
  return ok('base-url', `${BASE_URL} is ${url.origin}${url.pathname.replace(/\/$/, '')}`)
}

/** The clients refuse both, because each of them is a URL. */
function checkEnvironment (baseUrl: string | undefined, environment: string | undefined): Finding[] {
  if (!environment) return []
  if (baseUrl) {
    const message = `${BASE_URL} and ${ENVIRONMENT} are both set, and clients refuse to choose ("Ambiguous URL")`
    return [problem('environment', message, `remove ${ENVIRONMENT}, and the option environment of the client`)]
  }
  const message = `${ENVIRONMENT} is ${environment}, so clients call the real service`
  return [problem('environment', message, `remove ${ENVIRONMENT}, and set ${BASE_URL}`)]
}

const CLIENT = 'dodopayments'

/** A newer client may use operations and fields of a contract that is newer than the emulator's. */
export function checkClient ({ folder }: SetUp): Finding[] {
  const installed = installedVersion(folder)
  const tested = packageJson<{ devDependencies: Record<string, string> }>('package.json').devDependencies[CLIENT] ?? ''
  if (installed === null) return []
  if (!isNewer(installed, tested.replace(/^[~^]/, ''))) return [ok('versions', `${CLIENT} ${installed} is supported`)]
  const message = `${CLIENT} ${installed} is newer than the contract of this emulator, which is tested with ${tested}`
  return [warning('versions', message, 'update dodo-emulator, or see its docs/coverage.gen.md')]
}

/** Null if the client is not installed. */
function installedVersion (folder: string): string | null {
  try {
    const entry = createRequire(join(folder, 'package.json')).resolve(CLIENT)
    return versionAbove(dirname(entry))
  } catch {
    return null
  }
}

/** The version in the package.json of the package that contains a folder. */
function versionAbove (folder: string): string | null {
  for (let at = folder; at !== dirname(at); at = dirname(at)) {
    try {
      const { name, version } = JSON.parse(readFileSync(join(at, 'package.json'), 'utf8')) as { name?: string, version?: string }
      if (name === CLIENT) return version ?? null
    } catch {} // the folder has no package.json
  }
  return null
}

/** Whether the major or the minor version is newer. Patches do not change the contract. */
export function isNewer (version: string, other: string): boolean {
  const [[major, minor], [otherMajor, otherMinor]] = [numbersOf(version), numbersOf(other)]
  return major > otherMajor || (major === otherMajor && minor > otherMinor)
}

function numbersOf (version: string): [major: number, minor: number] {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return [major, minor]
}
