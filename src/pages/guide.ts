/**
 * The documentation at /docs/guide/, as VitePress builds it from docs/ (`npm run site`). It loads nothing from other hosts.
 * Its URLs are absolute. Below the path of a proxy, an application or a sandbox, they get this path.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { packagePath } from '../root.js'

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webp': 'image/webp'
}

const NOT_BUILT = 'This checkout has no built guide. Run `npm run site` and restart the emulator, or read the files in docs/.\n'

/** A URL of the guide, as VitePress writes it; not a part of a longer one. */
const OWN_URL = /(?<![\w.:/-])\/docs\/guide\//g

/** `baseUrlOf` returns what links begin with. `folder` holds the built site. */
export function addGuideRoutes (
  app: FastifyInstance, baseUrlOf: (request: FastifyRequest) => string, folder = packagePath('dist', 'guide')
): void {
  let names: Set<string> | undefined

  const send = (name: string, request: FastifyRequest, reply: FastifyReply): void => {
    names ??= namesIn(folder)
    if (names.size === 0) {
      reply.code(404).type('text/plain; charset=utf-8').send(NOT_BUILT)
      return
    }
    const isKnown = names.has(name)
    const shown = isKnown ? name : '404.html'
    const type = TYPES[extname(shown)] ?? 'application/octet-stream'
    const content = moved(readFileSync(join(folder, shown)), type, new URL(baseUrlOf(request)).pathname.replace(/\/$/, ''))
    reply.code(isKnown ? 200 : 404).type(type)
    reply.header('x-content-type-options', 'nosniff')
    if (shown.endsWith('.html')) reply.header('content-security-policy', policyOf(content.toString('utf8')))
    // The names of these files contain a hash of their content.
    if (shown.startsWith('assets/')) reply.header('cache-control', 'public, max-age=31536000, immutable')
    reply.send(content)
  }

  app.get('/docs/guide', (request, reply) => {
    if (/^[^?]*[^/](?:\?|$)/.test(request.url)) return reply.redirect('guide/')
    send('index.html', request, reply)
  })
  app.get<{ Params: { '*': string } }>('/docs/guide/*', (request, reply) => {
    const { '*': name } = request.params
    send(name === '' ? 'index.html' : name, request, reply)
  })
}

/** Adds the path that the emulator is below to the URLs of a file. */
function moved (content: Buffer, type: string, root: string): Buffer {
  if (root === '' || type.startsWith('image/')) return content
  return Buffer.from(content.toString('utf8').replaceAll(OWN_URL, `${root}/docs/guide/`))
}

function namesIn (folder: string): Set<string> {
  try {
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    return new Set(names.filter(name => statSync(join(folder, name)).isFile()).map(name => name.replaceAll('\\', '/')))
  } catch {
    return new Set()
  }
}

/** Allows the inline scripts that VitePress writes into the page, by their hashes. */
function policyOf (html: string): string {
  const hashes = inlineScripts(html).map(text => `'sha256-${createHash('sha256').update(text).digest('base64')}'`)
  return `default-src 'none'; script-src 'self' ${hashes.join(' ')}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; ` +
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
}

function inlineScripts (html: string): string[] {
  return html.split('<script').slice(1).flatMap(part => {
    const start = part.indexOf('>') + 1
    return part.slice(0, start).includes('src=') ? [] : [part.slice(start, part.indexOf('</script>'))]
  })
}
