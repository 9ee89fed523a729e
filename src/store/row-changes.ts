import { secondsAfter, secondsUntil, TOLERATED_SECONDS } from '../core/clock.js';
import { MfaError } from '../core/mfa-error.js';
import { type AbstractMultiFactorAuth, DISABLED, NEVER } from './abstract-multi-factor-auth.js';
import type { Factor, UsedToken } from './factor.js';
import type { MultiFactorAuthChange, SeenRow } from './multi-factor-auth.store.js';

/** Returns the factors with this one replaced or added. */
export function withFactor(factors: readonly Factor[], changed: Factor): Factor[] {
  const place = factors.findIndex(({ id }) => id === changed.id);
  return place < 0 ? [...factors, changed] : factors.with(place, changed);
}

/** Tokens that may have been used in the life of one. More are no person's logins. */
const MOST_USED_TOKENS = 100;

/** Records that a proof was given for a pending login. @throws {MfaError} `locked` for too many at once: none may be forgotten */
export function withUsedToken(
  { usedTokens }: AbstractMultiFactorAuth,
  { id, expiresAt }: UsedToken,
  now: Date,
): MultiFactorAuthChange {
  // A little longer than it lives: on an instance whose clock is behind, it is still alive.
  const live = usedTokens.filter((used) => secondsAfter(used.expiresAt, TOLERATED_SECONDS) > now);
  if (live.length >= MOST_USED_TOKENS) {
    const first = new Date(Math.min(...live.map((used) => used.expiresAt.getTime())));
    throw new MfaError('locked', { retryAfterSeconds: secondsUntil(now, secondsAfter(first, TOLERATED_SECONDS)) });
  }
  return { usedTokens: [...live, { id, expiresAt }] };
}

/** Returns how many proofs are left in a user's set of this type, e.g. recovery codes. Undefined if the row does not say: no seal is opened. */
export function remainingOf(row: SeenRow, type: string): number | undefined {
  return row?.factors.find((factor) => factor.type === type)?.remaining;
}

/** Replaces these factors, confirmed or pending. */
export function withProof(row: AbstractMultiFactorAuth, changed: readonly Factor[]): MultiFactorAuthChange {
  const replaced = (factors: readonly Factor[]) =>
    factors.map((factor) => changed.find(({ id }) => id === factor.id) ?? factor);
  return { factors: replaced(row.factors), pendingFactors: replaced(row.pendingFactors) };
}

/**
 * Returns the pending factors of a type that are still alive. A lock kills a pending factor, because its code was guessed at. None can
 * be requested during a lock, so a factor from before the lock's end is from before the lock.
 */
export function livePending(
  { pendingFactors, codeLockedUntil }: AbstractMultiFactorAuth,
  type: string,
  now: Date,
  lifeSeconds: number,
): Factor[] {
  return pendingFactors.filter(
    (factor) =>
      factor.type === type && secondsAfter(factor.createdAt, lifeSeconds) >= now && factor.createdAt >= codeLockedUntil,
  );
}

/** Makes this factor pending, in place of an earlier one of its type. */
export function pendingWith(row: SeenRow, pending: Factor): MultiFactorAuthChange {
  const others = (row?.pendingFactors ?? []).filter(({ type }) => type !== pending.type);
  // The column shows what is confirmed, if anything is.
  return { pendingFactors: [...others, pending], ...(!row?.enabled && phoneNumberOf(pending)) };
}

/** Returns the old values of what a request changes in a row. */
export function beforeRequest(row: SeenRow): MultiFactorAuthChange {
  const { pendingFactors = [], phoneNumber = '', sentMessages = [] } = row ?? {};
  return { pendingFactors, phoneNumber, sentMessages };
}

/**
 * Returns the old values of what a request changes in a row if nobody knows whether its message went out. Its code is taken if it
 * arrives, unless an earlier factor waits for a code that did arrive.
 */
export function beforeUnanswered(row: SeenRow, pending: Pick<Factor, 'id' | 'type'>): MultiFactorAuthChange {
  const { pendingFactors, ...shown } = beforeRequest(row);
  const waits = row?.pendingFactors.some(({ id, type }) => type === pending.type && id !== pending.id) ?? false;
  return waits ? { pendingFactors, ...shown } : shown;
}

/** The seconds from here on fit into the column for 68 years. */
const EPOCH_BEGIN = new Date('2026-01-01T00:00:00Z');

/**
 * Returns the epoch that ends a user's sessions, except the one to keep. It follows the clock, so it never comes again: not even after the
 * row was removed and made again, when a plain count would revive the sessions of a user whose id somebody else has now.
 */
export function nextEpoch(
  row: Pick<AbstractMultiFactorAuth, 'authEpoch'> | null,
  now: Date,
  kept?: KeptSession,
): Pick<AbstractMultiFactorAuth, 'authEpoch' | 'keptSession'> {
  const authEpoch = Math.max((row?.authEpoch ?? 0) + 1, secondsUntil(EPOCH_BEGIN, now));
  return { authEpoch, keptSession: kept?.id ? keptIn(authEpoch, kept.id) : '' };
}

/** Names a session that goes on in an epoch. In the next one, it is nobody: also if that was raised by a version without this column. */
export function keptIn(authEpoch: number, sessionId: string): string {
  return `${authEpoch} ${sessionId}`;
}

/** A session that goes on in the next epoch. A credential of the application has no id: the application issues a new one. */
interface KeptSession {
  id: string | null;
}

/** Turns MFA on with this factor, and ends every earlier session, except the one to keep. */
export function turnedOn(row: SeenRow, proven: Factor, now: Date, kept?: KeptSession): MultiFactorAuthChange {
  return {
    ...inForce(withFactor(row?.factors ?? [], withoutPhase(proven)), proven.type),
    pendingFactors: [],
    ...nextEpoch(row, now, kept),
  };
}

/** Adds a factor to those of a user whose MFA is on, and ends every earlier session, except the one to keep. */
export function withAdded(
  row: AbstractMultiFactorAuth,
  proven: Factor,
  now: Date,
  kept?: KeptSession,
): MultiFactorAuthChange {
  return {
    ...inForce(withFactor(row.factors, withoutPhase(proven)), row.challengeType),
    pendingFactors: row.pendingFactors.filter(({ id }) => id !== proven.id),
    ...nextEpoch(row, now, kept),
  };
}

/** Bytes of a user's factors. MariaDB's text has 65,535. */
const MOST_BYTES = 60_000;

/**
 * Returns what makes these the factors of a user, and this type the one that login asks for.
 * @throws {MfaError} `too_many_factors` if a column cannot hold them: a passkey may have a key of 4 kB
 */
export function inForce(factors: Factor[], challengeType: string): MultiFactorAuthChange {
  if (Buffer.byteLength(JSON.stringify(factors)) > MOST_BYTES) throw new MfaError('too_many_factors');
  const defaults = factors.filter(({ type }) => type === challengeType);
  const phoneNumber = [...defaults, ...factors].find((factor) => factor.phoneNumber)?.phoneNumber ?? '';
  return { factors, challengeType, phoneNumber };
}

/**
 * Turns MFA off: erases factors, number and backup codes, and ends every earlier session, except the one to keep. The failures in a row go too: they were
 * guesses at secrets that are gone, and would keep a locked owner from enrolling again. The rolling limits stay, or turning MFA on
 * and off would reset them.
 */
export function turnedOff(row: AbstractMultiFactorAuth, now: Date, kept?: KeptSession): MultiFactorAuthChange {
  return {
    challengeType: DISABLED,
    phoneNumber: '',
    factors: [],
    pendingFactors: [],
    ...nextEpoch(row, now, kept),
    ...NO_FAILURES,
  };
}

/** Turns MFA off for an administrator: the rolling limits go too. */
export function forgotten(row: AbstractMultiFactorAuth, now: Date): MultiFactorAuthChange {
  return { ...turnedOff(row, now), codeArrival: NEVER, backupArrival: NEVER };
}

/**
 * Ends every lock and every failure in a row. The rolling limits stay. A pending factor that a lock has killed is dropped, or it would
 * live again.
 */
export function unlocked({ factors, pendingFactors, codeLockedUntil }: AbstractMultiFactorAuth): MultiFactorAuthChange {
  return {
    factors: factors.map((factor) => ({ ...factor, toldInARow: undefined })),
    pendingFactors: pendingFactors.filter(({ createdAt }) => createdAt >= codeLockedUntil),
    ...NO_FAILURES,
  };
}

/** No wrong proof since the last right one, from any network. */
export const NO_FAILURES = {
  codeFailures: 0,
  codeLockedUntil: NEVER,
  backupFailures: 0,
  backupLockedUntil: NEVER,
  knownCodeFailures: 0,
  knownCodeLockedUntil: NEVER,
  knownBackupFailures: 0,
  knownBackupLockedUntil: NEVER,
};

// The ceremony of a confirmed factor is over.
function withoutPhase(proven: Factor): Factor {
  const factor = { ...proven };
  delete factor.sealedPhase;
  return factor;
}

function phoneNumberOf({ phoneNumber }: Factor): MultiFactorAuthChange {
  return phoneNumber === undefined ? {} : { phoneNumber };
}
