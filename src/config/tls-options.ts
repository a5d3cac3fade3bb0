/** The options of https and of the proxy, which are a part of the table in config.ts. */
import { option } from './table.js'
import { nonEmpty, wholeNumber } from './values.js'

export const TLS_OPTIONS = {
  tls: option({
    flag: 'tls',
    env: 'TLS_PORT',
    value: '<port>',
    fallback: null,
    about: 'Port that also serves https; 0 takes a free one. Programs must trust its authority: npx dodo-emulator trust',
    parse: wholeNumber(0, 65_535)
  }),
  proxy: option({
    flag: 'proxy',
    env: 'PROXY_PORT',
    value: '<port>',
    fallback: null,
    about: 'Port of a proxy (HTTPS_PROXY) that answers for the hosts of Dodo Payments; 0 takes a free one',
    parse: wholeNumber(0, 65_535)
  }),
  tlsFolder: option({
    flag: 'tls-folder',
    env: 'TLS_FOLDER',
    value: '<folder>',
    fallback: null,
    about: "Folder of the authority for --tls and --proxy, created if missing; if omitted, the user's data folder",
    isPath: true,
    parse: nonEmpty
  })
}
