/** `dodo-emulator/jest/global-teardown`: closes the emulator of the global set-up. */
import { globalTeardown } from './jest.js'

export default globalTeardown
