/** What both logins add to their answer after a recovery code that keeps MFA on. */
export interface RemainingCodes {
  recovery_codes_remaining?: number;
}

/** Returns how many recovery codes are left, as answers say it. */
export function remainingCodes(left: number | undefined): RemainingCodes {
  return left === undefined ? {} : { recovery_codes_remaining: left };
}
