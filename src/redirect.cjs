/** Loads the package for `require`. Node.js loads ES modules with it from 20.19 and 22.12 on; elsewhere this says what to do. */
'use strict'

try {
  module.exports = require('./redirect.js')
} catch (error) {
  // What Node.js throws, and what jest throws of the first import statement, in a realm of its own.
  if (error.code !== 'ERR_REQUIRE_ESM' && error.name !== 'SyntaxError') throw error
  throw new Error("dodo-emulator is an ES module, which require() can't load here: load it with await import('dodo-emulator/redirect'), or use " +
    'Node.js 20.19, 22.14 or newer. In jest, start it in a test environment: see docs/how-to/use-in-tests.md in this package.', { cause: error })
}
