// The emulator as a container, for a test in any language that Testcontainers has: the image, its port, its health.
import { GenericContainer, Wait } from 'testcontainers'

const PORT = 4010

/** Where `docker build -t dodo-emulator ../..` has put it, or where you have pushed it. */
const IMAGE = process.env.DODO_EMULATOR_IMAGE ?? 'dodo-emulator'

/** `env` holds options of the emulator, by the names of their variables. */
export async function startEmulator (env = {}) {
  const container = await new GenericContainer(IMAGE)
    .withExposedPorts(PORT)
    .withEnvironment({ DATABASE: ':memory:', CONTROL_HOSTS: '*', ...env }) // the host's name differs: localhost, docker, an address
    .withWaitStrategy(Wait.forHttp('/_emulator/health', PORT).forStatusCode(200))
    .withStartupTimeout(60_000)
    .start()
  const url = `http://${container.getHost()}:${container.getMappedPort(PORT)}`

  /**
   * A call of /_emulator.
   * @param {'GET' | 'POST'} method
   * @param {string} path
   * @param {object} [body]
   */
  async function control (method, path, body) {
    const response = await fetch(`${url}/_emulator/${path}`, {
      method, ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return response.json()
  }

  return { url, control, stop: () => container.stop() }
}
