/**
 * A certificate authority of this user, which signs the emulator's certificates. It is created once and kept in a folder, so that
 * programs have to trust it only once. Its private key is readable by the user only.
 */
import { generateKeyPair, randomBytes, X509Certificate } from 'node:crypto'
import { chmodSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { isIP } from 'node:net'
import { SetupError } from '../../errors.js'
import type { Clock } from '../../sandbox/clock.js'

export interface Authority {
  /** The file that programs have to trust. */
  certificateFile: string
  /** A certificate for host names and addresses, with its key. */
  issue (names: readonly string[]): { key: string, cert: string }
}

/** The certificate that programs trust. */
const CERTIFICATE = 'ca.pem'
/** The private key and the certificate. */
const AUTHORITY = 'ca-with-key.pem'

const DAY_MS = 86_400_000
const AUTHORITY_DAYS = 3650
/** Systems refuse longer certificates of servers. */
const SERVER_DAYS = 397
/** Clocks of other computers may be behind. */
const EARLIER_DAYS = 1
const KEY_BITS = 2048

const ORGANIZATION = { name: 'organizationName', value: 'dodo-emulator' } as const

/** The certificate's file of the authority in a folder. */
export const certificateFileIn = (folder: string): string => join(folder, CERTIFICATE)

/** Opens the authority in a folder, or creates it. Throws a SetupError if the folder can't be used. */
export async function openAuthority (folder: string, clock: Clock): Promise<Authority> {
  const nowMs = clock.now() / 1000
  const { pki, md } = await import('../../vendor/forge.js')
  const pem = readValid(folder, nowMs) ?? await create(folder, nowMs)
  const authority = pki.certificateFromPem(certificateIn(pem))
  const key = pki.privateKeyFromPem(pem)
  const server = await newKeys()
  return {
    certificateFile: certificateFileIn(folder),
    issue (names) {
      const certificate = pki.createCertificate()
      certificate.publicKey = pki.publicKeyFromPem(server.publicKey)
      certificate.serialNumber = serialNumber()
      certificate.validity = validity(nowMs, SERVER_DAYS)
      certificate.setSubject([ORGANIZATION, { name: 'commonName', value: (names[0] ?? 'localhost').slice(0, 64) }])
      certificate.setIssuer(authority.subject.attributes)
      certificate.setExtensions([
        { name: 'basicConstraints', cA: false },
        { name: 'keyUsage', critical: true, digitalSignature: true, keyEncipherment: true },
        { name: 'extKeyUsage', serverAuth: true },
        { name: 'subjectAltName', altNames: names.map(alternativeName) },
        { name: 'subjectKeyIdentifier' },
        { name: 'authorityKeyIdentifier', keyIdentifier: authority.generateSubjectKeyIdentifier().getBytes() }
      ])
      certificate.sign(key, md.sha256.create())
      return { key: server.privateKey, cert: pki.certificateToPem(certificate) }
    }
  }
}

const alternativeName = (name: string) => isIP(name) === 0 ? { type: 2 as const, value: name } : { type: 7 as const, ip: name }

/** The PEM of the key and the certificate; null without a certificate, or if it expires soon. */
function readValid (folder: string, nowMs: number): string | null {
  let pem: string
  try {
    pem = readFileSync(join(folder, AUTHORITY), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw unusable(folder, error)
  }
  try {
    if (expiresSoon(pem, nowMs)) {
      rmSync(join(folder, AUTHORITY))
      return null
    }
  } catch (error) {
    throw unusable(folder, error)
  }
  writeCertificate(folder, pem) // it may have been deleted
  return pem
}

const certificateIn = (pem: string): string => pem.slice(pem.indexOf('-----BEGIN CERTIFICATE'))

async function create (folder: string, nowMs: number): Promise<string> {
  const { pki, md } = await import('../../vendor/forge.js')
  const { publicKey, privateKey } = await newKeys()
  const certificate = pki.createCertificate()
  certificate.publicKey = pki.publicKeyFromPem(publicKey)
  certificate.serialNumber = serialNumber()
  certificate.validity = validity(nowMs, AUTHORITY_DAYS)
  const name = [ORGANIZATION, { name: 'commonName', value: 'dodo-emulator authority of this computer' } as const]
  certificate.setSubject(name)
  certificate.setIssuer(name)
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true, critical: true, pathLenConstraint: 0 },
    { name: 'keyUsage', critical: true, keyCertSign: true, cRLSign: true },
    { name: 'subjectKeyIdentifier' }
  ])
  certificate.sign(pki.privateKeyFromPem(privateKey), md.sha256.create())
  return keep(folder, `${privateKey}${pki.certificateToPem(certificate)}`)
}

/** Writes the authority, or returns the one that another process has just written. */
function keep (folder: string, pem: string): string {
  const file = join(folder, AUTHORITY)
  const temporary = join(folder, `.${AUTHORITY}.${randomBytes(6).toString('hex')}`)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(temporary, pem, { mode: 0o600 })
    chmodSync(temporary, 0o600)
    try {
      linkSync(temporary, file) // fails if the file exists
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    rmSync(temporary)
    const kept = readFileSync(file, 'utf8')
    writeCertificate(folder, kept)
    return kept
  } catch (error) {
    throw unusable(folder, error)
  }
}

/** An authority must outlive the certificates that it signs. */
function expiresSoon (pem: string, nowMs: number): boolean {
  return Date.parse(new X509Certificate(certificateIn(pem)).validTo) < nowMs + SERVER_DAYS * DAY_MS
}

function writeCertificate (folder: string, pem: string): void {
  const file = certificateFileIn(folder)
  const text = certificateIn(pem)
  try {
    if (readFileSync(file, 'utf8') === text) return
  } catch {} // there is no file
  const temporary = `${file}.${randomBytes(6).toString('hex')}`
  writeFileSync(temporary, text)
  renameSync(temporary, file)
}

function unusable (folder: string, error: unknown): SetupError {
  const fix = 'delete the folder, or choose another with --tls-folder'
  return new SetupError(`the certificates in ${folder} can't be used: ${(error as Error).message}; ${fix}`)
}

async function newKeys (): Promise<{ publicKey: string, privateKey: string }> {
  return await promisify(generateKeyPair)('rsa', {
    modulusLength: KEY_BITS,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' }
  })
}

/** Positive, because its first bit is 0. */
function serialNumber (): string {
  return `0${randomBytes(16).toString('hex').slice(1)}`
}

function validity (nowMs: number, days: number): { notBefore: Date, notAfter: Date } {
  return { notBefore: new Date(nowMs - EARLIER_DAYS * DAY_MS), notAfter: new Date(nowMs + days * DAY_MS) }
}
