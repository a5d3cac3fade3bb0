/** An emulator behind a proxy with https and a path: the commands and connect() reach it there. */
import { execFile, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { packagePath } from '../src/root.js'
import { runToEnd, startProcess, temporaryFolder } from './processes.js'

const hasOpenssl = spawnSync('openssl', ['version']).status === 0

/** The URL of a proxy for an emulator, and the file of the proxy's certificate, which no system trusts. */
async function startProxy (test: Test, emulator: string): Promise<{ url: string, certificate: string }> {
  const folder = temporaryFolder(test)
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')]
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  const made = spawnSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', certificate, ...subject])
  test.equal(made.status, 0, String(made.stderr))
  const proxy = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (incoming, reply) => {
    const path = /^\/base(\/.*)$/.exec(incoming.url ?? '')?.[1]
    if (path === undefined) return reply.writeHead(404).end('nothing here')
    const { method, headers } = incoming
    const outgoing = request(`${emulator}${path}`, { method, headers, agent: false }, answer => {
      reply.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(reply)
    })
    incoming.pipe(outgoing)
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  test.teardown(() => {
    proxy.closeAllConnections()
    proxy.close()
  })
  return { url: `https://127.0.0.1:${(proxy.address() as AddressInfo).port}/base`, certificate }
}

t.test('commands and connect() reach an emulator by https and below a path', { skip: hasOpenssl ? false : 'needs openssl' }, async t => {
  const emulator = await startProcess(t, ['--database', ':memory:'])
  const { url, certificate } = await startProxy(t, emulator.url)
  const env = { NODE_EXTRA_CA_CERTS: certificate }

  t.match(await runToEnd(t, ['health', '--url', url], { env }), { code: 0, stdout: '"ok"' })
  t.match(await runToEnd(t, ['sandboxes', 'create', 'mine', '--url', `${url}/`], { env }), { code: 0 })
  t.match(await runToEnd(t, ['clock', 'set', '2030-01-31T12:00:00Z'], { env: { ...env, DODO_PAYMENTS_EMULATOR_URL: `${url}/~mine` } }), {
    code: 0, stdout: '"now": "2030-01-31T12:00:'
  })
  t.match(await runToEnd(t, ['health', '--url', url]), {
    code: 3, stderr: `no emulator answers at ${url}: its certificate is not trusted: name its file in NODE_EXTRA_CA_CERTS`
  })
  t.match(await runToEnd(t, ['health', '--url', url.replace('/base', '/other')], { env }), { code: 1, stderr: 'answered 404: is it an emulator?' })
  t.match(await runToEnd(t, ['health', '--url', emulator.url.replace('http:', 'https:')], { env }), { code: 3, stderr: 'try http://' })

  const program = `
    import { connect } from 'dodo-emulator'
    const { sandbox, snapshot, snapshots } = connect('${url}/')
    await snapshot('here')
    const year = (await sandbox('mine').now()).getUTCFullYear()
    console.log(year, (await snapshots()).map(({ name }) => name).join())`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: packagePath(), env: { PATH: process.env['PATH'] ?? '', ...env }
  })
  t.equal(stdout, '2030 here\n')
})
