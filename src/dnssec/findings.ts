/** What the validation of a zone found: coded, bounded, and made of plain values so that workers can post it. */
import { type Name, printName } from "#name";
import { typeName } from "#rdata";

/** Codes that hold a zone: publishing it would make (some of) its answers bogus or insecure. */
export const ValidationError = {
  ZoneUnsigned: "zone-unsigned",
  DnskeysTooMany: "dnskeys-too-many",
  DnskeyNotSelfSigned: "dnskey-not-self-signed",
  AlgorithmUnsupported: "algorithm-unsupported",
  RRsetUnsigned: "rrset-unsigned",
  SignatureExpired: "signature-expired",
  SignatureNotYetValid: "signature-not-yet-valid",
  SignatureWrongSigner: "signature-wrong-signer",
  SignatureWrongLabels: "signature-wrong-labels",
  SignatureWrongTtl: "signature-wrong-ttl",
  SignatureUnknownKey: "signature-unknown-key",
  SignatureInvalid: "signature-invalid",
  SignaturesTooMany: "signatures-too-many",
  SignatureUnexpected: "signature-unexpected",
  DenialMissing: "denial-missing",
  DenialMixed: "denial-mixed",
  NsecMissing: "nsec-missing",
  NsecUnexpected: "nsec-unexpected",
  NsecSeveral: "nsec-several",
  NsecNextWrong: "nsec-next-wrong",
  NsecBitmapWrong: "nsec-bitmap-wrong",
  Nsec3Iterations: "nsec3-iterations",
  Nsec3Missing: "nsec3-missing",
  Nsec3Unmatched: "nsec3-unmatched",
  Nsec3Misplaced: "nsec3-misplaced",
  Nsec3Several: "nsec3-several",
  Nsec3Flags: "nsec3-flags",
  Nsec3NextWrong: "nsec3-next-wrong",
  Nsec3BitmapWrong: "nsec3-bitmap-wrong",
} as const;

/** Codes that the operator is told and that do not hold a zone. */
export const ValidationWarning = {
  DnskeyNotSignedBySep: "dnskey-not-signed-by-sep",
  AlgorithmWeak: "algorithm-weak",
  AlgorithmIncomplete: "algorithm-incomplete",
  SignatureBeside: "signature-bad-beside-good",
  SignatureStray: "signature-without-rrset",
  SignatureTtlDiffers: "signature-ttl-differs",
  DenialTtl: "denial-ttl",
  Nsec3IterationsNotZero: "nsec3-iterations-not-zero",
  Nsec3ParamWithoutChain: "nsec3param-without-chain",
} as const;

export type ValidationCode =
  | (typeof ValidationError)[keyof typeof ValidationError]
  | (typeof ValidationWarning)[keyof typeof ValidationWarning];

export type Finding = {
  readonly severity: "error" | "warning";
  readonly code: ValidationCode;
  /** Presentation form. */
  readonly owner: string;
  /** Mnemonic of the RR type concerned; undefined when it is about the name or the zone. */
  readonly type: string | undefined;
  /** One sentence for the operator. */
  readonly text: string;
};

export type ValidationReport = {
  /** No errors. */
  readonly ok: boolean;
  /** The first ones: errors before warnings. The counts are of all. */
  readonly findings: readonly Finding[];
  readonly errorCount: number;
  readonly warningCount: number;
  readonly counts: Readonly<Partial<Record<ValidationCode, number>>>;
  readonly signaturesChecked: number;
  /** When the first RRset loses its last good signature: seconds since 1970; undefined when none was seen. */
  readonly earliestExpiration: number | undefined;
  /** The earliest end of an RRset's last good signature less its TTL: caches that fill later outlive a signature. As above. */
  readonly cacheHorizon: number | undefined;
  /** Names that had an NSEC3 of their own, in this share of the zone. */
  readonly nsec3Matched: number;
};

export const MAX_FINDINGS = 20;

const WARNINGS: ReadonlySet<string> = new Set(Object.values(ValidationWarning));

/** One of several that are about parts of a zone, in order. */
export function mergeReports(reports: readonly ValidationReport[]): ValidationReport {
  const findings = new FindingList();
  for (const report of reports) findings.merge(report);
  return findings.report();
}

/** Keeps: at most `limit` errors and `limit` warnings; counts of everything. */
export class FindingList {
  signaturesChecked = 0;
  nsec3Matched = 0;
  earliestExpiration: number | undefined;
  cacheHorizon: number | undefined;
  private readonly limit: number;
  private readonly errors: Finding[] = [];
  private readonly warnings: Finding[] = [];
  private readonly counts: Partial<Record<ValidationCode, number>> = {};

  constructor(limit = MAX_FINDINGS) {
    this.limit = limit;
  }

  add(code: ValidationCode, owner: Name, type: number | undefined, text: string): void {
    this.counts[code] = (this.counts[code] ?? 0) + 1;
    const severity = WARNINGS.has(code) ? "warning" : "error";
    const list = severity === "error" ? this.errors : this.warnings;
    if (list.length >= this.limit) return;
    list.push({ severity, code, owner: printName(owner), type: type === undefined ? undefined : typeName(type), text });
  }

  /** An RRset that loses its last good signature then, and stays in caches for its TTL. */
  sawExpiration(seconds: number, ttl: number): void {
    this.earliestExpiration = Math.min(seconds, this.earliestExpiration ?? seconds);
    this.cacheHorizon = Math.min(seconds - ttl, this.cacheHorizon ?? seconds - ttl);
  }

  /** Takes another list's report in, after what is here. */
  merge(report: ValidationReport): void {
    for (const [code, count] of Object.entries(report.counts) as [ValidationCode, number][]) {
      this.counts[code] = (this.counts[code] ?? 0) + count;
    }
    for (const finding of report.findings) {
      const list = finding.severity === "error" ? this.errors : this.warnings;
      if (list.length < this.limit) list.push(finding);
    }
    this.signaturesChecked += report.signaturesChecked;
    this.nsec3Matched += report.nsec3Matched;
    const { earliestExpiration: end, cacheHorizon: horizon = end } = report;
    if (end !== undefined && horizon !== undefined) this.sawExpiration(end, end - horizon);
  }

  report(): ValidationReport {
    let errorCount = 0;
    let warningCount = 0;
    for (const [code, count] of Object.entries(this.counts) as [ValidationCode, number][]) {
      if (WARNINGS.has(code)) warningCount += count;
      else errorCount += count;
    }
    return {
      ok: errorCount === 0,
      findings: [...this.errors, ...this.warnings].slice(0, this.limit),
      errorCount,
      warningCount,
      counts: { ...this.counts },
      signaturesChecked: this.signaturesChecked,
      earliestExpiration: this.earliestExpiration,
      cacheHorizon: this.cacheHorizon,
      nsec3Matched: this.nsec3Matched,
    };
  }
}
