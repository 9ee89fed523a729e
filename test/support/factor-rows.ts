import { createHash } from 'node:crypto';
import { BackupCodes, type BackupCodeState, BACKUP } from '../../src/challenge/recovery/backup-codes.js';
import { codeFor, generateKey } from '../../src/challenge/sent-code.js';
import type { Purpose } from '../../src/core/purpose.js';
import { ChallengeRegistry } from '../../src/challenge/challenge-registry.js';
import type { SmsState } from '../../src/challenge/sms/sms-challenge.js';
import { Cipher } from '../../src/crypto/cipher.js';
import type { AbstractMultiFactorAuth } from '../../src/store/abstract-multi-factor-auth.js';
import type { Factor } from '../../src/store/factor.js';
import { MultiFactorAuthStore } from '../../src/store/multi-factor-auth.store.js';
import type { BootedApp } from './boot-app.js';

/** A phone of a user's own: one that many share would reach its limits. */
export function phoneOf(username: string): string {
  const digits = createHash('sha256').update(username).digest().readUInt16BE() % 10_000;
  return `1408557${String(digits).padStart(4, '0')}`;
}

/** A user's row as it stands in the database. */
export async function rowOf({ app, users }: BootedApp, username: string): Promise<AbstractMultiFactorAuth> {
  const row = await app.get(MultiFactorAuthStore, { strict: false }).find(String(users.named(username).id));
  if (!row) throw new Error(`${username} has no row`);
  return row;
}

/** The state of a user's factor, opened. */
export async function stateOf(booted: BootedApp, username: string, type: string): Promise<unknown> {
  const { factors, userId } = await rowOf(booted, username);
  const factor = factors.find((one) => one.type === type);
  if (!factor) throw new Error(`${username} has no factor ${type}`);
  return booted.app.get(Cipher, { strict: false }).open(factor.sealedState, { userId, factorId: factor.id });
}

/** For which purpose a code is, and how many windows from now. */
interface CodePlace {
  purpose?: Purpose;
  drift?: number;
}

/** The right SMS code of a user at this moment, without a message. */
export async function rightCode(booted: BootedApp, username: string, place: CodePlace = {}): Promise<string> {
  return (await rightCodes(booted, username, [place]))[0]!;
}

/** Some code that is wrong now and in every window that counts, whatever number it is asked for. */
export async function wrongCode(booted: BootedApp, username: string, salt = 0): Promise<string> {
  const places = [-2, -1, 0, 1, 2].flatMap((drift) => [
    { purpose: 'login' as const, drift },
    { purpose: 'step-up' as const, drift },
  ]);
  const right = await rightCodes(booted, username, places);
  for (let number = 100_000 + salt; ; number++) if (!right.includes(String(number))) return String(number);
}

async function rightCodes(booted: BootedApp, username: string, places: readonly CodePlace[]): Promise<string[]> {
  const state = (await stateOf(booted, username, 'sms')) as SmsState;
  const registry = booted.app.get(ChallengeRegistry, { strict: false });
  const userId = String(booted.users.named(username).id);
  const user = { id: userId, name: userId };
  return Promise.all(
    places.map(({ purpose = 'login', drift = 0 }) =>
      codeFor(state, state.phoneNumber, registry.moment('sms', user, purpose), drift),
    ),
  );
}

/** Backup codes and what is kept of them: made once for many users, because the slow hash is slow. */
export async function backupSet({ app }: BootedApp): Promise<{ codes: string[]; state: BackupCodeState }> {
  const { state, show } = await app.get(BackupCodes, { strict: false }).enrol();
  return { codes: show.codes, state };
}

/** Writes the row of a user whose MFA is on over SMS, as enrolment leaves it, with backup codes if they are given. */
export async function enrolledByRow(
  booted: BootedApp,
  username: string,
  backup?: BackupCodeState,
  phoneNumber = phoneOf(username),
): Promise<void> {
  const { app, clock, users } = booted;
  const userId = String(users.named(username).id);
  const now = clock.now();
  const factor = async (type: string, hint: string, state: unknown): Promise<Factor> => {
    const id = `${type}-of-${userId}`;
    const sealedState = await app.get(Cipher, { strict: false }).seal(state, { userId, factorId: id });
    return { id, type, hint, sealedState, createdAt: now, confirmedAt: now };
  };
  const factors = [await factor('sms', phoneNumber, { phoneNumber, ...generateKey() })];
  if (backup) factors.push(await factor(BACKUP, '', backup));
  const made = await app
    .get(MultiFactorAuthStore, { strict: false })
    .create(userId, { challengeType: 'sms', phoneNumber, factors });
  if (!made) throw new Error(`${username} has a row already`);
}
