// The types of vendor/stdnum.js, which tools/build.mjs bundles from stdnum.entry.mjs. Written by hand, because
// stdnum's own types would make our declarations refer to a package that is not installed with ours.

type Validate = (value: string) => { isValid: boolean }

export declare function luhnChecksumValidate (value: string): boolean
/** The sum of each character's index in `alphabet` (default: digits, then A to Z) times its weight, modulo `modulus`. */
export declare function weightedSum (value: string, options: {
  weights: number[]
  modulus: number
  alphabet?: string
  /** Products above 9 count as the sum of their digits. */
  sumByDigit?: boolean
}): number

export declare const arCuit: Validate
export declare const atUid: Validate
export declare const auAbn: Validate
export declare const beVat: Validate
export declare const brCnpj: Validate
export declare const caBn: Validate
export declare const caQst: Validate
export declare const chUid: Validate
export declare const clRut: Validate
export declare const coNit: Validate
export declare const cyVat: Validate
export declare const czIco: Validate
export declare const deVat: Validate
export declare const dkCvr: Validate
export declare const ean: Validate
export declare const eeKmkr: Validate
export declare const esNif: Validate
export declare const fiAlv: Validate
export declare const frTva: Validate
export declare const gbVat: Validate
export declare const grVat: Validate
export declare const hrOib: Validate
export declare const huAnum: Validate
export declare const ieVat: Validate
export declare const inGstin: Validate
export declare const itIva: Validate
export declare const jpCn: Validate
export declare const krBrn: Validate
export declare const ltPvm: Validate
export declare const luTva: Validate
export declare const lvPvn: Validate
export declare const mdIdno: Validate
export declare const mePib: Validate
export declare const mtVat: Validate
export declare const nlBtw: Validate
export declare const noOrgnr: Validate
export declare const nzIrd: Validate
export declare const peRuc: Validate
export declare const plNip: Validate
export declare const ptNif: Validate
export declare const roCui: Validate
export declare const rsPib: Validate
export declare const seVat: Validate
export declare const sgUen: Validate
export declare const siDdv: Validate
export declare const thTin: Validate
export declare const trVkn: Validate
export declare const usEin: Validate
export declare const vnMst: Validate
export declare const zaTin: Validate
