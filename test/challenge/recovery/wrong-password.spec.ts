import { afterEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp } from '../../support/boot-app.js';
import { denied } from '../../support/denied.js';
import { backupSet, enrolledByRow, rowOf } from '../../support/factor-rows.js';
import { LOGIN_NAMES, loginRoute } from '../../support/logins.js';

let booted: BootedApp;
afterEach(() => booted.close());

describe.each(LOGIN_NAMES)('a backup code behind a wrong password over %s', (name) => {
  it('[T20] is not used up, and is not told from a wrong one', async () => {
    booted = await bootApp();
    const login = await loginRoute(booted, name);
    const { codes, state } = await backupSet(booted);
    await enrolledByRow(booted, 'bob', state);
    const answers = new Set<string>();
    for (const backup_code of [codes[0]!, 'WR0NGWR0NG00']) {
      const { status, text } = await denied(booted, () => login.send('bob', { password: 'wrong', backup_code }));
      answers.add(`${status} ${text}`);
    }
    expect(answers.size).toBe(1);
    expect(await rowOf(booted, 'bob')).toMatchObject({ enabled: true, backupFailures: 0 });
    expect(login.token(await login.send('bob', { backup_code: codes[0]! }))).toBeTypeOf('string');
  });
});
