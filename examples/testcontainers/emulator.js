// Starts the emulator as a container. Testcontainers supports the same steps in other languages.
import { GenericContainer, Wait } from 'testcontainers'

const PORT = 4010

/** The image of `docker build -t dodo-emulator ../..`, or of your registry. */
const IMAGE = process.env.DODO_EMULATOR_IMAGE ?? 'dodo-emulator'

/** `env` holds options of the emulator as environment variables. */
export async function startEmulator (env = {}) {
  const container = await new GenericContainer(IMAGE)
    .withExposedPorts(PORT)
    .withEnvironment({ DATABASE: ':memory:', CONTROL_HOSTS: '*', ...env }) // the host's name differs: localhost, docker, an address
    .withWaitStrategy(Wait.forHttp('/_emulator/health', PORT).forStatusCode(200))
    .withStartupTimeout(60_000)
    .start()
  const url = `http://${container.getHost()}:${container.getMappedPort(PORT)}`

  /**
   * Calls /_emulator.
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
