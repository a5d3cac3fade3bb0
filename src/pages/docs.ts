/** The contract for reading: the document itself at /openapi.json, and a page that shows it at /docs, all of it from here. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { StaticDocumentSpec } from '@fastify/swagger'
import fastify, { type FastifyInstance } from 'fastify'
import { contract } from '../contract/load.js'

const ASSETS = {
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'swagger-ui.css': 'text/css; charset=utf-8',
  'favicon-32x32.png': 'image/png'
}

/** Put there by the build. */
const ASSETS_FOLDER = fileURLToPath(new URL('../vendor/swagger-ui/', import.meta.url))

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Dodo Payments API, as emulated</title>
<link rel="icon" type="image/png" href="docs/favicon-32x32.png">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="contract"></div>
<noscript>This page needs JavaScript. The document itself: <a href="openapi.json">openapi.json</a></noscript>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
`

const START = `SwaggerUIBundle({
  url: 'openapi.json', dom_id: '#contract', deepLinking: true, docExpansion: 'none', validatorUrl: null,
  persistAuthorization: true,
  onComplete () { this.preauthorizeApiKey?.('API_KEY', 'any key') }
})
`

const POLICY = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

export function addDocsRoutes (app: FastifyInstance): void {
  let published: Promise<string> | undefined
  app.get('/openapi.json', async (_request, reply) => {
    published ??= publish()
    return reply.type('application/json; charset=utf-8').send(await published)
  })
  app.get('/docs', (_request, reply) => {
    reply.type('text/html; charset=utf-8').header('content-security-policy', POLICY).send(PAGE)
  })
  app.get('/docs/start.js', (_request, reply) => { reply.type('text/javascript; charset=utf-8').send(START) })
  for (const [name, type] of Object.entries(ASSETS)) {
    app.get(`/docs/${name}`, (_request, reply) => {
      reply.type(type).header('cache-control', 'public, max-age=3600').send(readFileSync(ASSETS_FOLDER + name))
    })
  }
}

/**
 * The document as @fastify/swagger publishes it, on a server of its own: only who reads the contract pays for that library, whose
 * YAML parser would be a good part of what an idle emulator holds in memory.
 */
async function publish (): Promise<string> {
  const { default: swagger } = await import('@fastify/swagger')
  const publisher = fastify()
  publisher.register(swagger, {
    mode: 'static',
    specification: { document: contract().document as unknown as StaticDocumentSpec['document'] }
  })
  await publisher.ready()
  const document = JSON.stringify(publisher.swagger())
  await publisher.close()
  return document
}
