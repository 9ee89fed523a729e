import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { enrolledByRow, rightCode } from '../support/factor-rows.js';
import { requestPhone, verifyPhone } from '../support/own-mfa.js';

let booted: BootedApp;
beforeEach(async () => {
  booted = await bootApp();
});
afterEach(() => booted.close());

/** The module's own statements during a request. */
async function sentBy(send: () => Promise<unknown>): Promise<{ texts: string[]; parameters: unknown[] }> {
  const before = booted.statements.length;
  await send();
  const own = booted.statements.slice(before).filter(({ sql }) => sql.includes('"mfa_'));
  return { texts: own.map(({ sql }) => sql), parameters: own.flatMap(({ parameters }) => parameters) };
}

const readsOfRow = (texts: readonly string[]) =>
  texts.filter((text) => /^SELECT .* FROM "mfa_multi_factor_auth"/.test(text)).length;

/** A user who has signed in before from this network, and MFA is on. */
async function signedIn(username: string): Promise<string> {
  await enrolledByRow(booted, username);
  return booted.client.token(username, { mfa_code: await rightCode(booted, username) });
}

describe('the statements of a request about MFA itself', () => {
  it('are at most 14 for the first request of a factor, and at most 10 for its proof, and read the row once', async () => {
    const token = await booted.client.token('alice');
    const request = await sentBy(() => requestPhone(booted, token, '14085550150'));
    expect([request.texts.length <= 14, readsOfRow(request.texts)]).toEqual([true, 1]);
    const verify = await sentBy(() => verifyPhone(booted, token, booted.outbox.lastCode()));
    expect([verify.texts.length <= 10, readsOfRow(verify.texts)]).toEqual([true, 1]);
    expect((await booted.client.get('/mfa/', { token })).body).toMatchObject({ enabled: true });
  });

  it('read the row once for the status, the backup codes, and turning MFA off', async () => {
    const token = await signedIn('bob');
    const asked = [
      () => booted.client.get('/mfa/', { token }),
      () => booted.client.get('/mfa/recovery/', { token }),
      () => booted.client.delete('/mfa/', { token }),
    ];
    for (const ask of asked) expect(readsOfRow((await sentBy(ask)).texts)).toBe(1);
    expect((await booted.client.get('/mfa/', { token })).body).toMatchObject({ enabled: false });
  });
});

describe('the text of a statement', () => {
  const again = async (send: (round: number) => Promise<unknown>): Promise<string[][]> => {
    const rounds: string[][] = [];
    for (let round = 0; round < 3; round++) {
      rounds.push((await sentBy(() => send(round))).texts);
      booted.clock.advance(3601);
    }
    return rounds.slice(1);
  };

  it.each<[string, () => Promise<(round: number) => Promise<unknown>>]>([
    [
      'a login with a code',
      async () => {
        await signedIn('bob');
        return async () => booted.client.login('bob', { mfa_code: await rightCode(booted, 'bob') });
      },
    ],
    [
      'a login that sends a message',
      async () => {
        await signedIn('bob');
        return () => booted.client.login('bob');
      },
    ],
    ['a login without MFA', () => Promise.resolve(() => booted.client.login('alice'))],
    ['a wrong password', () => Promise.resolve(() => booted.client.login('alice', { password: 'wrong' }))],
    [
      'a wrong code',
      async () => {
        await signedIn('bob');
        return () => booted.client.login('bob', { mfa_code: '000000' });
      },
    ],
    [
      'a guarded route',
      async () => {
        const tokens: string[] = [];
        for (let round = 0; round < 3; round++) tokens.push(await booted.client.token('alice'));
        return async (round) => {
          booted.clock.advance(-3601 * round);
          await booted.client.get('/app/me', { token: tokens[round]! });
          booted.clock.advance(3601 * round);
        };
      },
    ],
  ])('is the same at the next request: %s', async (_, prepare) => {
    const [second, third] = await again(await prepare());
    expect(third).toEqual(second);
    expect(second!.length).toBeGreaterThan(0);
  });

  it('holds no value: no time, no name, no key', async () => {
    const token = await booted.client.token('alice');
    const { texts } = await sentBy(() => requestPhone(booted, token, '14085550150'));
    await sentBy(() => booted.client.login('alice', { password: 'wrong' }));
    const all = booted.statements
      .map(({ sql }) => sql)
      .filter((sql) => /^(SELECT|INSERT|UPDATE|DELETE)\b.*"mfa_/.test(sql));
    expect(texts.length).toBeGreaterThan(5);
    expect(all.filter((text) => /'[^']+'|\d{4,}/.test(text))).toEqual([]);
  });
});
