/** The names (RFC 8176) that sessions have for the proofs of factors and of recovery codes. */
export class ProofNames {
  constructor(
    private readonly factors: ReadonlySet<string>,
    private readonly recovery: ReadonlySet<string>,
  ) {}

  /** Says whether a recovery code is among these. */
  haveRecovery(amr: readonly string[]): boolean {
    return amr.some((name) => this.recovery.has(name));
  }

  /** Says whether a factor was proven in these, and after the last recovery code, if there is one. */
  haveFactor(amr: readonly string[]): boolean {
    if (amr.includes('mfa')) return true;
    const since = amr.findLastIndex((name) => this.recovery.has(name)) + 1;
    return amr.slice(since).some((name) => this.factors.has(name));
  }
}
