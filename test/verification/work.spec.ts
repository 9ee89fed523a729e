import { afterEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { denied } from '../support/denied.js';
import { backupSet, enrolledByRow, wrongCode } from '../support/factor-rows.js';
import { backupHashes, backupSetWithoutParts } from '../support/known-backup-set.js';
import { openSession } from '../support/own-mfa.js';
import { slowHashes } from '../support/slow-hashes.js';

/** Small hashes that an attempt costs. Together they are as slow as one of all parts. */
const PARTS = 12;

let booted: BootedApp;
afterEach(() => booted.close());

describe('the work that a wrong code makes', () => {
  it.each([1, 10])(
    '[T28] [B-31] is that of one slow hash, of %i backup codes, and none for a code by SMS',
    async (count) => {
      booted = await bootApp({ mfa: { backupCodes: { count, onUse: 'keep' } } });
      await enrolledByRow(booted, 'bob', (await backupSet(booted)).state);
      const mfa_code = await wrongCode(booted, 'bob');
      const hashes = (code: object) => slowHashes(() => denied(booted, () => booted.client.login('bob', { ...code })));
      expect(await hashes({ backup_code: 'WR0NGWR0NG00' })).toBe(PARTS);
      expect(await hashes({ backup_code: 'too short' })).toBe(0);
      expect(await hashes({ mfa_code })).toBe(0);
    },
  );

  it('[T28] [B-31] is one hash for a set that was made before the hash had parts', async () => {
    booted = await bootApp({ mfa: { backupCodes: { onUse: 'keep' } } });
    await enrolledByRow(booted, 'bob', backupSetWithoutParts(['0123ABCD4567', '7654DCBA3210']));
    const login = (backup_code: string) => booted.client.login('bob', { backup_code });
    expect(await slowHashes(() => denied(booted, () => login('WR0NGWR0NG00')))).toBe(1);
    expect(await slowHashes(() => booted.client.token('bob', { backup_code: '7654DCBA3210' }))).toBe(1);
    expect((await login('0123ABCD4567')).status).toBe(200);
  });
});

describe('the work that new backup codes make', () => {
  it.each([1, 10, 20])('[B-31] is no more than that of one attempt, for %i codes', async (count) => {
    booted = await bootApp({ mfa: { backupCodes: { count, onUse: 'keep' } } });
    await enrolledByRow(booted, 'bob');
    const token = await openSession(booted, 'bob');
    expect(await slowHashes(() => booted.client.get('/mfa/recovery/', { token }))).toBe(count);
    const wrong = () => denied(booted, () => booted.client.login('bob', { backup_code: 'WR0NGWR0NG00' }));
    expect(await slowHashes(wrong)).toBe(Math.max(PARTS, count));
  });

  it('[B-31] draws a number for each code, and keeps none', async () => {
    booted = await bootApp({ mfa: { backupCodes: { count: 4 } } });
    const { codes, state } = await backupSet(booted);
    const numbers = codes.map((code, index) => backupHashes(code, state).indexOf(state.hashes[index]!));
    expect(numbers.every((number) => number >= 0)).toBe(true);
    expect(new Set(numbers).size).toBeGreaterThan(1);
  });
});
