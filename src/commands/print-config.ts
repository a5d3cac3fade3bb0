/** Prints the options that `start` would use, with the origin of each: a flag, the environment, the file or the default. */
import { OPTIONS, type OptionName } from '../config/config.js'
import { originsOf, type Origin } from '../config/table.js'
import { maskedUrl, shortened } from '../requests/secrets.js'
import type { ConfigFile } from './config-file.js'
import { coloured, type Show } from './output.js'
import type { Environment } from '../config/table.js'

interface Shown {
  /** Null if the option has no value. Secrets are masked. */
  value: string | null
  from: Origin
  /** The flag, the variable or the file; null for a default. */
  source: string | null
}

export function printConfig (
  flags: Partial<Record<OptionName, string>>, env: Environment, file: ConfigFile | null, show: Show
): void {
  const isInline = file?.fixtures != null
  const origins = originsOf(OPTIONS, flags, env, { ...file?.texts, ...(isInline ? { fixtures: '(in the file)' } : {}) })
  const options = Object.fromEntries(Object.entries(origins).map(([key, { text, from }]): [string, Shown] => {
    const name = key as OptionName
    const { flag, env: variable } = OPTIONS[name]
    const source = { flag: `--${flag}`, environment: variable, file: file?.path ?? null, default: null }[from]
    return [name, { value: text === null ? null : masked(name, text), from, source }]
  }))
  show({ file: file?.path ?? null, options }, ({ file, options }) => [
    file === null ? 'no configuration file' : `configuration file: ${file}`,
    ...Object.entries(options).map(([name, shown]) => optionLine(name, shown))
  ])
}

const NAME_WIDTH = Math.max(...Object.keys(OPTIONS).map(name => name.length)) + 2

/** `port  4010  environment PORT` */
function optionLine (name: string, { value, from, source }: Shown): string {
  const origin = from === 'file' || source === null ? from : `${from} ${source}`
  return `${name.padEnd(NAME_WIDTH)}${value ?? coloured('dim', 'none')}  ${coloured('dim', origin)}`
}

function masked (name: OptionName, text: string): string {
  const { value } = OPTIONS[name]
  if (value === '<url>') return maskedUrl(text)
  return /^<(?:keys?|whsec_…)>$/.test(value) && text !== '' ? text.split(',').map(key => shortened(key.trim())).join(',') : text
}
