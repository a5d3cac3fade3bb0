/** Loads the package for `require`, which supports ES modules since Node.js 20.19 and 22.12. Otherwise throws with instructions. */
'use strict'

try {
  module.exports = require('./handler.js')
} catch (error) {
  // Node.js throws ERR_REQUIRE_ESM, and jest a SyntaxError of another realm at the first import statement.
  if (error.code !== 'ERR_REQUIRE_ESM' && error.name !== 'SyntaxError') throw error
  throw new Error("dodo-emulator is an ES module, which require() can't load here: load it with await import('dodo-emulator/handler'), or use " +
    'Node.js 20.19, 22.14 or newer. In jest, start it in a test environment: see docs/how-to/use-in-tests.md in this package.', { cause: error })
}
