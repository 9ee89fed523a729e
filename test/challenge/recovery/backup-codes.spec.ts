import { afterEach, describe, expect, it } from 'vitest';
import type { BackupCodeOptions } from '../../../src/challenge/recovery/backup-code-options.js';
import { bootApp, type BootedApp } from '../../support/boot-app.js';
import { denied } from '../../support/denied.js';
import { codeByLogin, enrolled } from '../../support/enrolled.js';
import { eventLog } from '../../support/event-log.js';
import { backupSet, enrolledByRow, rightCode } from '../../support/factor-rows.js';
import { LOGIN_NAMES, loginRoute } from '../../support/logins.js';
import { hasSignedInFrom } from '../../support/sign-in-place.js';

const { listener, events, count } = eventLog();
let booted: BootedApp;
afterEach(() => booted.close());

async function boot(backupCodes: Partial<BackupCodeOptions> = {}): Promise<void> {
  events.length = 0;
  booted = await bootApp({ mfa: { backupCodes, events: listener } });
}

/** Turns MFA on for a user and fetches backup codes, as they would. */
async function codesOf(username: string): Promise<string[]> {
  await enrolled(booted, username);
  const token = await booted.client.token(username, { mfa_code: await codeByLogin(booted, username) });
  const { body } = await booted.client.get('/mfa/recovery/', { token });
  return (body['backup_codes'] as string[] | undefined) ?? [String(body['backup_code'])];
}

describe.each(LOGIN_NAMES)('a backup code over %s', (name) => {
  it('[K-01] signs in once', async () => {
    await boot({ count: 2, onUse: 'keep' });
    const login = await loginRoute(booted, name);
    const [backup_code, other] = (await codesOf('bob')) as [string, string];
    expect(login.token(await login.send('bob', { backup_code }))).toBeTypeOf('string');
    await denied(booted, () => login.send('bob', { backup_code }));
    booted.clock.advance(60);
    const refused = await denied(booted, () => login.send('bob', { backup_code }));
    expect(refused.text).toContain('Please enter a valid backup code.');
    expect(login.token(await login.send('bob', { backup_code: other }))).toBeTypeOf('string');
  });

  it('[K-01] signs in once where it turns MFA off, and is worth nothing when MFA is on again', async () => {
    await boot();
    const login = await loginRoute(booted, name);
    const [backup_code] = (await codesOf('bob')) as [string];
    expect(login.token(await login.send('bob', { backup_code }))).toBeTypeOf('string');
    await enrolled(booted, 'bob');
    await denied(booted, () => login.send('bob', { backup_code }));
  });

  it('[K-04] is not guessed: the eleventh wrong one is not judged, and a code by SMS still is', async () => {
    await boot({ onUse: 'keep' });
    const login = await loginRoute(booted, name);
    const { codes, state } = await backupSet(booted);
    await enrolledByRow(booted, 'bob', state);
    await hasSignedInFrom(booted, 'bob');
    const statuses: number[] = [];
    for (let index = 0; index < 11; index++) {
      const backup_code = `WR0NGWR0NG${String(index).padStart(2, '0')}`;
      statuses.push((await denied(booted, () => login.send('bob', { backup_code }))).status);
    }
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 400), 429]);
    const right = await denied(booted, () => login.send('bob', { backup_code: codes[0]! }));
    expect([right.status, right.headers.get('retry-after')]).toEqual([429, '3600']);
    expect(count('locked', String(booted.users.named('bob').id))).toBe(1);

    const bySms = await login.send('bob', { mfa_code: await rightCode(booted, 'bob') });
    expect(login.token(bySms)).toBeTypeOf('string');
    booted.clock.advance(3600);
    expect(login.token(await login.send('bob', { backup_code: codes[0]! }))).toBeTypeOf('string');
  });

  it('[K-07] signs in nobody but its owner', async () => {
    await boot();
    const login = await loginRoute(booted, name);
    const [backup_code] = (await codesOf('bob')) as [string];
    await codesOf('dave');
    await denied(booted, () => login.send('dave', { backup_code }));
    expect(login.token(await login.send('bob', { backup_code }))).toBeTypeOf('string');
  });

  it('[K-08] [T18] is worth nothing after MFA was turned off and on again', async () => {
    await boot({ onUse: 'keep' });
    const login = await loginRoute(booted, name);
    const [first] = (await codesOf('bob')) as [string];
    const token = await booted.client.token('bob', { mfa_code: await rightCode(booted, 'bob') });
    expect((await booted.client.delete('/mfa/', { token })).status).toBe(204);
    const [second] = (await codesOf('bob')) as [string];
    await denied(booted, () => login.send('bob', { backup_code: first }));
    expect(login.token(await login.send('bob', { backup_code: second }))).toBeTypeOf('string');
  });

  it('[K-08] [T18] is worth nothing after new ones were fetched', async () => {
    await boot({ onUse: 'keep' });
    const login = await loginRoute(booted, name);
    const [first] = (await codesOf('bob')) as [string];
    const token = await booted.client.token('bob', { mfa_code: await rightCode(booted, 'bob') });
    const { body } = await booted.client.get('/mfa/recovery/', { token });
    await denied(booted, () => login.send('bob', { backup_code: first }));
    const second = await login.send('bob', { backup_code: String(body['backup_code']) });
    expect(login.token(second)).toBeTypeOf('string');
  });
});
