import type { SeenRow } from '../store/multi-factor-auth.store.js';

/** A user's MFA, as clients see it. Deux: `MultiFactorAuthSerializer`. */
export interface MfaStatus {
  enabled: boolean;
  challenge_type: string;
  phone_number: string;
}

/** Returns whether MFA is on, and with which factor. */
export function statusOf(row: SeenRow): MfaStatus {
  return {
    enabled: row?.enabled ?? false,
    challenge_type: row?.challengeType ?? '',
    phone_number: row?.phoneNumber ?? '',
  };
}
