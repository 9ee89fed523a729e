import { randomKey } from '../crypto/randomness.js';
import type { MultiFactorAuthChange } from '../store/multi-factor-auth.store.js';

/** What a hint, a name or a user's own text can hold. */
const TEXT = 'Ада’s “phone” 😀 \\ \' " `% \u200f\u0301';

/** Returns values for every time of a user's row: to the millisecond, the zero of time, and the last time there is. */
export function timesFrom(now: Date): MultiFactorAuthChange[] {
  const times = [1, 123, 999].map((more) => new Date(now.getTime() + more));
  return [...times, new Date(0), new Date(8.64e15)].map((time) => ({
    codeLockedUntil: time,
    codeArrival: time,
    backupLockedUntil: time,
    backupArrival: time,
    knownCodeLockedUntil: time,
    knownBackupLockedUntil: time,
  }));
}

/** Returns as much as a user's row must hold: twenty factors with long sealed states, and the highest numbers. */
export function longRow(now: Date): MultiFactorAuthChange {
  const at = new Date(now.getTime() + 123);
  const factors = Array.from({ length: 20 }, (_, index) => ({
    id: `f${index}`,
    type: 'totp',
    hint: TEXT,
    sealedState: randomKey(1500).toString('base64url'),
    createdAt: at,
    confirmedAt: at,
    toldInARow: { code: index },
  }));
  return {
    challengeType: 'x'.repeat(32),
    phoneNumber: '1'.repeat(15),
    factors,
    pendingFactors: factors.slice(1, 3),
    sentMessages: [{ destination: TEXT, purpose: 'login', sentAt: at, answered: true }],
    usedTokens: [{ id: TEXT, expiresAt: at }],
    codeFailures: 1,
    backupFailures: 2,
    knownCodeFailures: 3,
    knownBackupFailures: 4,
    authEpoch: 2 ** 31 - 1,
    keptSession: 'x'.repeat(64),
  };
}
