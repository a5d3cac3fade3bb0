/** `dodo-emulator/vitest/global-setup`: the global set-up without options. */
import { createGlobalSetup } from './vitest.js'

const setup = createGlobalSetup()
export default setup
