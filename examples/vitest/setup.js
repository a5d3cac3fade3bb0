import { matchers } from 'dodo-emulator/testing'
import { expect } from 'vitest'

expect.extend(matchers)
