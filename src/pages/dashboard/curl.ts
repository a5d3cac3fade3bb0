/** Writes a request as a curl command for a POSIX shell. Pure. */

export interface CurlRequest {
  method: string
  url: string
  /** By name; an empty value is sent as an empty header. */
  headers: Readonly<Record<string, string>>
  /** Empty for a request without a body. */
  body: string
}

/** Each part is on its own line, so that the command is easy to read and to change. */
export function curlOf ({ method, url, headers, body }: CurlRequest): string {
  const names = Object.keys(headers).map(name => name.toLowerCase())
  const parts = [
    ['curl', ...flagsFor(url), ...methodOf(method, body), quoted(url)].join(' '),
    ...Object.entries(headers).map(([name, value]) => `-H ${quoted(value === '' ? `${name};` : `${name}: ${value}`)}`),
    // Otherwise curl would send the content type of a form.
    ...(body === '' || names.includes('content-type') ? [] : ['-H \'content-type:\'']),
    ...(body === '' ? [] : [`--data-raw ${quoted(body)}`]) // unlike --data, never reads a file named by @
  ]
  return parts.join(' \\\n  ')
}

function methodOf (method: string, body: string): string[] {
  if (method === 'GET' && body === '') return []
  return method === 'HEAD' ? ['--head'] : ['-X', quoted(method)]
}

function flagsFor (url: string): string[] {
  return [
    ...(/[[\]{}]/.test(url) ? ['--globoff'] : []), // otherwise curl expands them to several URLs
    ...(/\/\.\.?(?:[/?#]|$)/.test(url) ? ['--path-as-is'] : [])
  ]
}

const PLAIN = /^[\w@%+=:,./-]+$/

/** A text as one word of the shell, quoted if necessary. */
function quoted (text: string): string {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}
