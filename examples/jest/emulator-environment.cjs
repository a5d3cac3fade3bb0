// An environment of jest: an emulator for each test file, which the file finds as `emulator`. It is started here, outside of
// the file, because jest's files are CommonJS and can't load a package of ES modules without an experimental option of Node.
const { TestEnvironment } = require('jest-environment-node')

module.exports = class EmulatorEnvironment extends TestEnvironment {
  async setup () {
    await super.setup()
    const { start } = await import('dodo-emulator')
    this.emulator = await start({ settlementDelay: '3d' })
    this.global.emulator = this.emulator
  }

  async teardown () {
    await this.emulator?.close()
    await super.teardown()
  }
}
