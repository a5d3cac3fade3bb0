/** `dodo-emulator/jest/global-setup`: the global set-up without options. */
import { createGlobalSetup } from './jest.js'

const setup = createGlobalSetup()
export default setup
