/**
 * `dodo-emulator/testcontainers`: the emulator's image as a container of a test. Testcontainers is imported when a container is
 * created, so the types need no installation of it.
 */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { RemoteEmulator } from '../start.js'

/** The parts of a GenericContainer that are used here. */
export interface ContainerLike {
  withExposedPorts (...ports: number[]): this
  withEnvironment (environment: Record<string, string>): this
  withWaitStrategy (strategy: never): this
  withStartupTimeout (milliseconds: number): this
  start (): Promise<StartedContainerLike>
}

export interface StartedContainerLike {
  getHost (): string
  getMappedPort (port: number): number
  stop (): Promise<unknown>
}

/** The module testcontainers. */
export interface Testcontainers<Container extends ContainerLike = ContainerLike> {
  GenericContainer: new (image: string) => Container
  Wait: { forHttp (path: string, port: number): { forStatusCode (status: number): unknown } }
}

export interface ContainerOptions<Container extends ContainerLike = ContainerLike> {
  /** Default: DODO_EMULATOR_IMAGE of the environment, or `dodo-emulator`. */
  image?: string | undefined
  /** Options of the emulator as environment variables: `{ WEBHOOK_URL: 'http://host.testcontainers.internal:3000/webhook' }`. */
  environment?: Record<string, string> | undefined
  /** Changes the container before it starts, such as `container => container.withReuse()`. */
  configure?: ((container: Container) => Container) | undefined
  /** Default 60,000. */
  startupTimeoutMs?: number | undefined
  /** The module `testcontainers`. Default: the one that the project has installed. */
  testcontainers?: Testcontainers<Container> | undefined
}

/** A started container, with the functions of `connect()`. */
export interface EmulatorContainer extends RemoteEmulator {
  /** The base URL for the client. */
  baseUrl: string
  /** The URL of the control API: the base URL with `/_emulator`. */
  controlUrl: string
  container: StartedContainerLike
  stop (): Promise<void>
}

const PORT = 4010
const STARTUP_TIMEOUT_MS = 60_000

/** Starts the image, and waits until it answers. */
export async function startContainer<Container extends ContainerLike = ContainerLike> ({
  image = process.env['DODO_EMULATOR_IMAGE'] ?? 'dodo-emulator',
  environment = {},
  configure = container => container,
  startupTimeoutMs = STARTUP_TIMEOUT_MS,
  testcontainers = installed()
}: ContainerOptions<Container> = {}): Promise<EmulatorContainer> {
  const { GenericContainer, Wait } = testcontainers
  const container = configure(new GenericContainer(image)
    .withExposedPorts(PORT)
    // The host's name differs: localhost, docker, an address.
    .withEnvironment({ DATABASE: ':memory:', CONTROL_HOSTS: '*', ...environment })
    .withWaitStrategy(Wait.forHttp('/_emulator/health', PORT).forStatusCode(200) as never)
    .withStartupTimeout(startupTimeoutMs))
  const started = await container.start()
  const baseUrl = `http://${started.getHost()}:${started.getMappedPort(PORT)}`
  const { connect } = await import('../start.js')
  const { CONTROL_KEY: controlKey, API_KEYS: apiKeys = '' } = environment
  const apiKey = apiKeys.split(',')[0]?.trim() || 'test'
  return {
    ...connect(baseUrl, { apiKey, ...(controlKey === undefined ? {} : { controlKey }) }),
    baseUrl,
    controlUrl: `${baseUrl}/_emulator`,
    container: started,
    async stop () { await started.stop() }
  }
}

/** The project's own installation, which is not always visible from this package. */
function installed<Container extends ContainerLike> (): Testcontainers<Container> {
  try {
    return createRequire(join(process.cwd(), 'package.json'))('testcontainers') as Testcontainers<Container>
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error
    throw new Error('dodo-emulator/testcontainers needs testcontainers: npm install --save-dev testcontainers', { cause: error })
  }
}
