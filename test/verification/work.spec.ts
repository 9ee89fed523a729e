import { createHook } from 'node:async_hooks';
import { afterEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import type { Answered } from '../support/client.js';
import { denied } from '../support/denied.js';
import { backupSet, enrolledByRow, wrongCode } from '../support/factor-rows.js';

let booted: BootedApp;
afterEach(() => booted.close());

describe('the work that a wrong code makes', () => {
  it('[T28] is one slow hash, of however many backup codes, and none for a code by SMS', async () => {
    booted = await bootApp({ mfa: { backupCodes: { count: 2, onUse: 'keep' } } });
    await enrolledByRow(booted, 'bob', (await backupSet(booted)).state);
    const mfa_code = await wrongCode(booted, 'bob');
    const hashes = async (send: () => Promise<Answered>): Promise<number> => {
      let count = 0;
      const hook = createHook({ init: (_, type) => void (count += type === 'SCRYPTREQUEST' ? 1 : 0) }).enable();
      await denied(booted, send).finally(() => hook.disable());
      return count;
    };
    expect(await hashes(() => booted.client.login('bob', { backup_code: 'WR0NGWR0NG00' }))).toBe(1);
    expect(await hashes(() => booted.client.login('bob', { backup_code: 'too short' }))).toBe(0);
    expect(await hashes(() => booted.client.login('bob', { mfa_code }))).toBe(0);
  });
});
