import { ChallengeRegistry } from '../../src/challenge/challenge-registry.js';
import { Cipher } from '../../src/crypto/cipher.js';
import { fingerprint } from '../../src/crypto/keyed-hash.js';
import { secondsAfter } from '../../src/core/clock.js';
import {
  codeFor,
  generateKey,
  type IssuedSession,
  MfaOAuthClient,
  MfaRateLimit,
  MfaSession,
  MultiFactorAuth,
  MultiFactorAuthService,
  Sessions,
  type SmsState,
} from '../../src/index.js';
import type { AbstractMultiFactorAuth } from '../../src/store/abstract-multi-factor-auth.js';
import type { Factor } from '../../src/store/factor.js';
import { MultiFactorAuthStore, type MultiFactorAuthChange } from '../../src/store/multi-factor-auth.store.js';
import type { ErrorFormatName } from '../../src/http/error-format.factory.js';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { CLIENTS } from './clients.js';
import type { MfaSetup, OAuthSetup } from './scenario.js';

/** The windows whose codes a scenario can name. */
export const DRIFTS = [-2, -1, 0, 1, 2];

/** The application that all scenarios are played on, and the state that they ask for, made by the module's own services. */
export class Stage {
  private constructor(readonly booted: BootedApp) {}

  static async open(errorFormat: ErrorFormatName = 'nest'): Promise<Stage> {
    // A scenario takes no time, and the recorded expectations have a used refresh token end its session at once.
    const booted = await bootApp({ mfa: { errorFormat, sessions: { refreshRaceSeconds: 0 } } });
    const rows = CLIENTS.map(({ secret, ...client }) => ({
      ...client,
      name: client.id,
      secretHash: secret === undefined ? null : fingerprint(secret),
      createdAt: booted.clock.now(),
    }));
    await booted.database.getRepository(MfaOAuthClient).insert(rows);
    return new Stage(booted);
  }

  /** No rows, no messages, the users as they are. The clock stands still: every session of a scenario is fresh. */
  async clear(): Promise<void> {
    const { database, users, outbox, log, statements } = this.booted;
    for (const table of [MfaSession, MultiFactorAuth, MfaRateLimit]) await database.getRepository(table).clear();
    users.all.forEach((user) => (user.active = user.username !== 'carol'));
    [outbox.messages, users.verifications, log, statements].forEach((list) => (list.length = 0));
  }

  /** Gives a user the row that a setup describes. */
  async setMfa(username: string, { enabled = false, phone, zero }: MfaSetup): Promise<void> {
    const userId = this.idOf(username);
    const factors = enabled || phone ? [await this.smsFactor(userId, { enabled, phone: phone ?? '', zero })] : [];
    const change: MultiFactorAuthChange = enabled
      ? { challengeType: 'sms', phoneNumber: phone ?? '', factors }
      : { phoneNumber: phone ?? '', pendingFactors: factors };
    await this.booted.app.get(MultiFactorAuthStore).create(userId, change);
  }

  /** The right codes of a user, one for each of `DRIFTS`: for enrolment while the factor is pending, for login after. */
  async codes(username: string): Promise<string[]> {
    const userId = this.idOf(username);
    const record = await this.record(username);
    const factor = smsOf(record?.enabled ? record.factors : record?.pendingFactors);
    // Nobody has a code where there is no factor: any six digits stand for it.
    if (!factor) return this.codesOf({ phoneNumber: '', ...generateKey() }, userId, true);
    const state = await this.booted.app.get(Cipher, LAX).open(factor.sealedState, { userId, factorId: factor.id });
    return this.codesOf(state as SmsState, userId, record!.enabled);
  }

  /** A new backup code in place of the one before, or undefined for a user whose MFA is off. */
  async backupCode(username: string): Promise<string | undefined> {
    if (!(await this.record(username))?.enabled) return undefined;
    return (await this.booted.app.get(MultiFactorAuthService).refreshBackupCodes(this.idOf(username)))[0];
  }

  /** How many messages a user was sent in this scenario. */
  messagesTo(username: string): number {
    return this.booted.outbox.messages.filter(({ userId }) => userId === this.idOf(username)).length;
  }

  /** The token of a new session. */
  async token(username: string): Promise<string> {
    return (await this.session(username)).token;
  }

  /** An OAuth2 session. Without a user it is the client's own. */
  async oauth({ user, client = 'oracle-client', expires_in }: OAuthSetup): Promise<IssuedSession> {
    const issued = await this.session(user ?? null, client);
    if (expires_in === undefined) return issued;
    const end = secondsAfter(this.booted.clock.now(), expires_in);
    const { id, expiresAt } = issued.session;
    await this.booted.database
      .getRepository(MfaSession)
      .update({ id }, { tokenExpiresAt: end, idleExpiresAt: end, expiresAt: end > expiresAt ? end : expiresAt });
    return issued;
  }

  private async session(username: string | null, clientId?: string): Promise<IssuedSession> {
    const record = username === null ? null : await this.record(username);
    const signIn = {
      userId: username === null ? null : this.idOf(username),
      amr: username === null ? [] : ['pwd'],
      authEpoch: record?.authEpoch ?? 0,
      factorProven: record?.enabled ?? false,
    };
    const grant = clientId === undefined ? undefined : { clientId, scope: ['read', 'write'], refreshable: !!username };
    return this.booted.app.get(Sessions).open(signIn, grant);
  }

  private async smsFactor(
    userId: string,
    { enabled, phone, zero }: { enabled: boolean; phone: string; zero?: boolean },
  ): Promise<Factor> {
    const [id, now] = [`sms-of-${userId}`, this.booted.clock.now()];
    const state = await this.stateWith({ userId, phone, enabled, zero });
    const sealedState = await this.booted.app.get(Cipher, LAX).seal(state, { userId, factorId: id });
    return {
      id,
      type: 'sms',
      hint: phone,
      phoneNumber: phone,
      sealedState,
      createdAt: now,
      ...(enabled && { confirmedAt: now }),
    };
  }

  // A state whose codes all differ, so that a code of one window is never right in another by chance.
  private async stateWith(wanted: {
    userId: string;
    phone: string;
    enabled: boolean;
    zero?: boolean;
  }): Promise<SmsState> {
    for (;;) {
      const state = { phoneNumber: wanted.phone, ...generateKey() };
      const codes = await this.codesOf(state, wanted.userId, wanted.enabled);
      const startsWithZero = codes[DRIFTS.indexOf(0)]!.startsWith('0');
      if (new Set(codes).size === codes.length && startsWithZero === (wanted.zero ?? startsWithZero)) return state;
    }
  }

  private codesOf(state: SmsState, userId: string, enabled: boolean): Promise<string[]> {
    const user = { id: userId, name: userId };
    const registry = this.booted.app.get(ChallengeRegistry, LAX);
    const moment = registry.moment('sms', user, enabled ? 'login' : 'enrolment');
    return Promise.all(DRIFTS.map((drift) => codeFor(state, state.phoneNumber, moment, drift)));
  }

  private record(username: string): Promise<AbstractMultiFactorAuth | null> {
    return this.booted.app.get(MultiFactorAuthStore).find(this.idOf(username));
  }

  private idOf(username: string): string {
    return String(this.booted.users.named(username).id);
  }
}

const LAX = { strict: false };

function smsOf(factors: Factor[] = []): Factor | undefined {
  return factors.find(({ type }) => type === 'sms');
}
