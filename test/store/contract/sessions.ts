import { expect, it } from 'vitest';
import { SessionOptions, type SignIn } from '../../../src/index.js';
import type { Stores } from './open-stores.js';

const { idleSeconds, accessTokenSeconds, lifetimeSeconds, refreshRaceSeconds } = new SessionOptions();

/** Sessions: a token opens its own, as long as it lives. */
export function keepsSessions(given: () => Stores): void {
  const signIn = (userId: string | null, more: Partial<SignIn> = {}): SignIn => ({
    userId,
    amr: ['pwd', 'sms', 'mfa'],
    authEpoch: 3,
    factorProven: true,
    ...more,
  });
  const GRANT = { clientId: 'c', scope: ['read', 'write'], refreshable: true };

  it('finds a session by its token, as it was opened, at every instance', async () => {
    const { all, sessions, clock } = given();
    const { session, token } = await sessions.open(signIn('7'));
    for (const at of all) expect(await at.sessions.find(token)).toMatchObject({ ...session });
    expect(session).toMatchObject({ userId: '7', clientId: null, refreshHash: null, factorProvenAt: clock.now() });
  });

  it('keeps what is missing as null', async () => {
    const { sessions } = given();
    const { token } = await sessions.open(signIn(null, { factorProven: false }), { ...GRANT, refreshable: false });
    const found = await sessions.find(token);
    const missing = { userId: null, factorProvenAt: null, refreshHash: null };
    expect(found).toMatchObject({ ...missing, scope: ['read', 'write'] });
  });

  it('keeps any number of sessions without refresh tokens, although families are unique', async () => {
    const { sessions } = given();
    const tokens = await Promise.all([1, 2, 3].map(() => sessions.open(signIn('7'))));
    for (const { token } of tokens) expect(await sessions.find(token)).not.toBeNull();
  });

  it('finds nothing for another spelling of a token', async () => {
    const { sessions } = given();
    const { token, session } = await sessions.open(signIn('7'));
    for (const other of [token.toUpperCase(), `${token} `, '', '\0', session.tokenHash]) {
      expect(await sessions.find(other)).toBeNull();
    }
  });

  it('ends a session that is not used, and at the end of its life', async () => {
    const { sessions, clock } = given();
    const [idle, busy] = [await sessions.open(signIn('7')), await sessions.open(signIn('7'))];
    for (let seconds = 0; seconds < lifetimeSeconds - idleSeconds / 2; seconds += idleSeconds / 2) {
      expect(await sessions.find(busy.token)).not.toBeNull();
      clock.advance(idleSeconds / 2);
    }
    expect(await sessions.find(idle.token)).toBeNull();
    expect(await sessions.find(busy.token)).not.toBeNull();
    clock.advance(idleSeconds / 2);
    expect(await sessions.find(busy.token)).toBeNull();
  });

  it('replaces both tokens with a refresh, and ends the session when an old one comes again', async () => {
    const { all, sessions, tokens, clock } = given();
    const first = await sessions.open(signIn('7'), GRANT);
    clock.advance(accessTokenSeconds);
    expect(await sessions.find(first.token)).toBeNull();
    const seen = (await all[1]!.tokens.find(first.refreshToken!))!;
    const second = (await all[1]!.tokens.replace(seen, ['read']))!;
    expect(await all[2]!.sessions.find(second.token)).toMatchObject({ scope: ['read'], grantedScope: GRANT.scope });
    expect(await tokens.find(first.refreshToken!)).toBeNull();
    expect(await sessions.find(second.token)).not.toBeNull();
    clock.advance(refreshRaceSeconds + 1);
    expect(await tokens.find(first.refreshToken!)).toBeNull();
    expect(await sessions.find(second.token)).toBeNull();
  });

  it('[K-11] finds a session that may only recover for nobody who does not ask for one, until its user has recovered', async () => {
    const { sessions, tokens } = given();
    const open = () => sessions.open(signIn('7', { onlyRecovers: true }), GRANT);
    const [renewing, proving] = [await open(), await open()];
    expect(await sessions.find(renewing.token)).toBeNull();
    expect(await sessions.findAny(renewing.token)).toMatchObject({ onlyRecovers: true });
    const refreshed = (await tokens.replace(renewing.session, ['read']))!;
    expect(await sessions.find(refreshed.token)).toBeNull();
    await sessions.release(refreshed.session);
    expect(await sessions.find(refreshed.token)).toMatchObject({ onlyRecovers: false });
    expect(await sessions.find(proving.token)).toBeNull();
    await sessions.continueProven(proving.session, 4, { amr: ['sms'], isSecondFactor: true });
    expect(await sessions.find(proving.token)).toMatchObject({ onlyRecovers: false, authEpoch: 4 });
  });

  it('ends the other sessions of a user, and of that user alone', async () => {
    const { sessions } = given();
    const [kept, other, stranger] = [
      await sessions.open(signIn('ann')),
      await sessions.open(signIn('ann')),
      await sessions.open(signIn('Ann')),
    ];
    await sessions.continueWithoutFactor(kept.session, 4);
    expect(await sessions.find(kept.token)).toMatchObject({ authEpoch: 4 });
    expect(await sessions.find(other.token)).toBeNull();
    expect(await sessions.find(stranger.token)).toMatchObject({ authEpoch: 3 });
    await sessions.endAll('ann');
    expect(await sessions.find(kept.token)).toBeNull();
    expect(await sessions.find(stranger.token)).not.toBeNull();
  });

  it('[I-09] ends nothing for what is no text', async () => {
    const { sessions } = given();
    const { token } = await sessions.open(signIn('7'));
    for (const id of [0, true, null, undefined, {}, ['7']] as never[]) {
      await expect(sessions.endAll(id)).rejects.toThrow(TypeError);
      await expect(sessions.end(id)).rejects.toThrow(TypeError);
    }
    await sessions.endAll('7\0');
    expect(await sessions.find(token)).not.toBeNull();
  });
}
