/** A request as a command that makes it again, for a POSIX shell. Pure. */

export interface CurlRequest {
  method: string
  url: string
  /** By name; an empty value is sent as one. */
  headers: Readonly<Record<string, string>>
  /** Empty for none. */
  body: string
}

/** One line for each part, so that it can be read and changed. */
export function curlOf ({ method, url, headers, body }: CurlRequest): string {
  const names = Object.keys(headers).map(name => name.toLowerCase())
  const parts = [
    ['curl', ...flagsFor(url), ...methodOf(method, body), quoted(url)].join(' '),
    ...Object.entries(headers).map(([name, value]) => `-H ${quoted(value === '' ? `${name};` : `${name}: ${value}`)}`),
    // curl would call it a form.
    ...(body === '' || names.includes('content-type') ? [] : ['-H \'content-type:\'']),
    ...(body === '' ? [] : [`--data-raw ${quoted(body)}`]) // unlike --data it reads no file where the body begins with @
  ]
  return parts.join(' \\\n  ')
}

function methodOf (method: string, body: string): string[] {
  if (method === 'GET' && body === '') return []
  return method === 'HEAD' ? ['--head'] : ['-X', quoted(method)]
}

function flagsFor (url: string): string[] {
  return [
    ...(/[[\]{}]/.test(url) ? ['--globoff'] : []), // else they are patterns, for several URLs at once
    ...(/\/\.\.?(?:[/?#]|$)/.test(url) ? ['--path-as-is'] : [])
  ]
}

const PLAIN = /^[\w@%+=:,./-]+$/

/** A word that the shell leaves as it is, whatever is in it. */
function quoted (text: string): string {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}
