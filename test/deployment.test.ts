/** The files for Kubernetes and dev containers, held against the emulator that they start. */
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parseAllDocuments } from 'yaml'
import { OPTIONS } from '../src/config/config.js'
import { packagePath } from '../src/root.js'
import { startEmulator } from './helper.js'
import { temporaryFolder } from './processes.js'

const variables = new Set(Object.values(OPTIONS).map(({ env }) => env))

interface Probe { httpGet: { path: string, port: string } }
interface Container {
  ports: Array<{ name: string, containerPort: number }>
  env: Array<{ name: string, value: string }>
  startupProbe: Probe
  readinessProbe: Probe
  livenessProbe: Probe
  volumeMounts: Array<{ name: string, mountPath: string }>
}

interface Pod {
  metadata: { labels: object }
  spec: { containers: [Container], volumes: [{ persistentVolumeClaim: { claimName: string } }] }
}
interface Manifest<Spec> { metadata: { name: string }, spec: Spec }
type Manifests = [
  claim: Manifest<object>,
  deployment: Manifest<{ selector: { matchLabels: object }, template: Pod }>,
  service: Manifest<{ selector: object }>
]

t.test('the manifest for Kubernetes', async t => {
  const text = readFileSync(packagePath('examples', 'kubernetes', 'dodo-emulator.yaml'), 'utf8')
  const [claim, deployment, service] = parseAllDocuments(text).map(document => document.toJS() as unknown) as Manifests
  const pod = deployment.spec.template
  const [container] = pod.spec.containers
  const { emulator } = startEmulator(t, { controlHosts: 'dodo-emulator' })
  t.strictSame(container.ports, [{ name: 'http', containerPort: Number(OPTIONS.port.fallback) }])
  for (const { name } of container.env) t.ok(variables.has(name), name)
  t.equal(container.env.find(({ name }) => name === 'CONTROL_HOSTS')?.value, service.metadata.name)
  for (const probe of [container.startupProbe, container.readinessProbe, container.livenessProbe]) {
    const { statusCode } = await emulator.app.inject({ url: probe.httpGet.path, headers: { host: '10.1.2.3:4010' } })
    t.strictSame([probe.httpGet.port, statusCode], ['http', 200])
  }
  t.strictSame(service.spec.selector, pod.metadata.labels)
  t.strictSame(deployment.spec.selector.matchLabels, pod.metadata.labels)
  t.equal(pod.spec.volumes[0].persistentVolumeClaim.claimName, claim.metadata.name)
  const dockerfile = readFileSync(packagePath('Dockerfile'), 'utf8')
  t.match(dockerfile, `VOLUME ${container.volumeMounts[0]?.mountPath}`)
})

t.test('the feature for dev containers', async t => {
  const feature = packagePath('devcontainer', 'dodo-emulator')
  const { id, options } = JSON.parse(readFileSync(join(feature, 'devcontainer-feature.json'), 'utf8')) as { id: string, options: object }
  t.equal(id, 'dodo-emulator')
  t.strictSame(Object.keys(options), ['version', 'port', 'webhookUrl'])

  const folder = temporaryFolder(t)
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  for (const [name, text] of [
    ['npm', `echo "$@" > '${folder}/npm'`],
    ['dodo-emulator', `echo "$1 $PORT $WEBHOOK_URL $DATABASE" > '${folder}/started'`]
  ] as const) {
    writeFileSync(join(bin, name), `#!/bin/bash\n${text}\n`)
    chmodSync(join(bin, name), 0o755)
  }
  const env = { PATH: `${bin}:/usr/bin:/bin`, DODO_EMULATOR_FOLDER: folder, VERSION: '0.1.0', PORT: '4555', WEBHOOKURL: 'http://localhost:3000/a b' }
  execFileSync('bash', [join(feature, 'install.sh')], { env })
  t.equal(readFileSync(join(folder, 'npm'), 'utf8'), 'install --global dodo-emulator@0.1.0\n')
  const { stdout } = spawnSync(join(folder, 'start.sh'), ['bash', '-c', `until [ -s '${folder}/started' ]; do sleep 0.01; done; echo "$0"`], { encoding: 'utf8' })
  t.equal(stdout, 'bash\n', 'the command of the container runs in the end')
  t.equal(readFileSync(join(folder, 'started'), 'utf8'), 'start 4555 http://localhost:3000/a b :memory:\n')
})
