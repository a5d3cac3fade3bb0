// A jest environment that starts an emulator for each test file and provides it as `emulator`. Test files of jest are CommonJS,
// which cannot load a package of ES modules without an experimental option of Node.js.
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
