/* global expect */
const { matchers } = require('dodo-emulator/testing')

expect.extend(matchers)
