import { afterEach, describe, expect, it } from 'vitest';
import { MfaAuditEvent, MultiFactorAuthService } from '../../../src/index.js';
import type { BackupCodeOptions } from '../../../src/challenge/recovery/backup-code-options.js';
import { remainingOf } from '../../../src/store/row-changes.js';
import { bootApp, type BootedApp, PLATFORMS } from '../../support/boot-app.js';
import { denied } from '../../support/denied.js';
import { enrolled } from '../../support/enrolled.js';
import { eventLog } from '../../support/event-log.js';
import { backupSet, enrolledByRow, rowOf } from '../../support/factor-rows.js';
import { holdReads } from '../../support/hold-reads.js';
import { LOGIN_NAMES, loginRoute } from '../../support/logins.js';
import { provenToken } from '../../support/own-mfa.js';
import { par } from '../../support/par.js';

const { listener, events } = eventLog();
let booted: BootedApp;
let codes: string[];
afterEach(() => booted.close());

async function boot(backupCodes: Partial<BackupCodeOptions>, platform: 'express' | 'fastify' = 'express') {
  events.length = 0;
  booted = await bootApp({ platform, mfa: { backupCodes, events: listener, audit: true } });
  const set = await backupSet(booted);
  codes = set.codes;
  // As a version before has left it: how many are left is not said in clear.
  await enrolledByRow(booted, 'bob', set.state);
}

const left = async () => remainingOf(await rowOf(booted, 'bob'), 'backup');

describe.each(PLATFORMS.flatMap((platform) => LOGIN_NAMES.map((name) => ({ platform, name }))))(
  'a set of recovery codes over $name on $platform',
  ({ platform, name }) => {
    it('[K-09] counts down in the answers and in clear, and tells when three are left and when none are', async () => {
      await boot({ count: 5, onUse: 'keep' }, platform);
      const login = await loginRoute(booted, name);
      expect(await left()).toBeUndefined();
      const told: unknown[] = [];
      for (const backup_code of codes) {
        events.length = 0;
        const { body } = await login.send('bob', { backup_code });
        expect(await left()).toBe(body['recovery_codes_remaining']);
        told.push([body['recovery_codes_remaining'], ...events.map(({ type }) => type)]);
      }
      const [used, signedIn] = ['backup_code_used', 'signed_in'];
      expect(told).toEqual([
        [4, used, signedIn],
        [3, used, 'recovery_codes_low', signedIn],
        [2, used, signedIn],
        [1, used, signedIn],
        [0, used, 'recovery_codes_used_up', signedIn],
      ]);
      const kept = await booted.database.getRepository(MfaAuditEvent).find({ where: { userId: '2' } });
      const audited = kept.map(({ type }) => type).filter((type) => type.startsWith('recovery_'));
      expect(audited.toSorted()).toEqual(['recovery_codes_low', 'recovery_codes_used_up']);
    });

    it('[K-09] adds nothing to the answer of Deux where a code turns MFA off', async () => {
      await boot({ count: 5, onUse: 'disable' }, platform);
      const login = await loginRoute(booted, name);
      const { status, body } = await login.send('bob', { backup_code: codes[0]! });
      expect(status).toBe(200);
      expect(Object.keys(body)).not.toContain('recovery_codes_remaining');
      expect((await booted.client.get('/app/me', { token: login.token({ body } as never)! })).status).toBe(200);
    });
  },
);

describe('the last two recovery codes at the same moment', () => {
  it('[K-01] both sign in and never again, and only one of them was the last', async () => {
    await boot({ count: 2, onUse: 'keep' });
    const login = await loginRoute(booted, 'authtoken');
    const both = () => par([booted], 2, (index) => login.request('bob', { backup_code: codes[index]! }));
    holdReads([booted.database], 2);
    const answers = await both();
    expect(new Set(answers.map(({ body }) => body['recovery_codes_remaining']))).toEqual(new Set([0, 1]));
    for (const { body } of answers) {
      const { status } = await booted.client.get('/app/me', { token: String(body['token']) });
      expect(status).toBe(body['recovery_codes_remaining'] === 0 ? 403 : 200);
    }
    expect(events.filter(({ type }) => type === 'recovery_codes_used_up')).toHaveLength(1);
    booted.clock.advance(11);
    for (const { status } of await both()) expect(status).toBe(400);
    expect(await left()).toBe(0);
  });

  it('[K-01] of thirty requests with one code let one in, and the other code stays', async () => {
    await boot({ count: 2, onUse: 'keep' });
    const login = await loginRoute(booted, 'authtoken');
    const answers = await par([booted], 30, () => login.request('bob', { backup_code: codes[0]! }));
    expect(answers.filter((answer) => login.token(answer))).toHaveLength(1);
    expect(await left()).toBe(1);
  });
});

describe('recovery codes', () => {
  it('[K-08] are never the only factor', async () => {
    await boot({ count: 2, onUse: 'keep' });
    const alice = await booted.client.token('alice');
    const refused = await denied(booted, () => booted.client.get('/mfa/recovery/', { token: alice }));
    expect(refused.body['code']).toBe('mfa_disabled');
    const service = booted.app.get(MultiFactorAuthService, { strict: false });
    await expect(service.enable('1', 'backup', {})).rejects.toThrow("There is no challenge 'backup'");
    await expect(service.refreshBackupCodes('1')).rejects.toMatchObject({ code: 'mfa_disabled' });

    await enrolled(booted, 'dave');
    const token = await provenToken(booted, 'dave');
    await booted.client.get('/mfa/recovery/', { token });
    expect(remainingOf(await rowOf(booted, 'dave'), 'backup')).toBe(2);
    expect((await booted.client.delete('/mfa/', { token })).status).toBe(204);
    expect((await rowOf(booted, 'dave')).factors).toEqual([]);
  });
});
