import type { DataSource, EntitySubscriberInterface } from 'typeorm';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { MultiFactorAuthService } from '../../src/index.js';
import type { BootedApp } from '../support/boot-app.js';
import { DATABASE_KINDS, describeOnEach } from '../support/databases.js';
import { enrolledByRow, rightCode, rowOf } from '../support/factor-rows.js';
import { addUser, bootInstancesOn, type Instances } from '../support/instances.js';
import { openSession, requestPhone, verifyPhone } from '../support/own-mfa.js';

await describeOnEach(
  'a login that comes after the epoch was raised, and before old sessions are removed',
  DATABASE_KINDS,
  (kind) => {
    let instances: Instances;
    let booted: BootedApp;
    let user: string;
    let id: string;
    beforeAll(async () => {
      instances = await bootInstancesOn(kind, 1);
      booted = instances.all[0]!;
    });
    afterAll(() => instances.close());
    beforeEach(({ task }) => {
      user = `user-${task.id}`;
      addUser(instances, user);
      id = String(booted.users.named(user).id);
    });

    const mfa = () => booted.app.get(MultiFactorAuthService);
    const opens = async (token: string) => (await booted.client.get('/mfa/', { token })).status;
    const withMfa = () => enrolledByRow(booted, user);
    const proven = async () => openSession(booted, user, (await rowOf(booted, user)).authEpoch);

    /** What ends a user's sessions, and what there is before it. */
    const ENDINGS: [string, () => Promise<unknown>][] = [
      ['a changed password', () => mfa().passwordChanged(id)],
      ['ended sessions', () => mfa().endSessions(id)],
      [
        'MFA turned off by the application',
        async () => {
          await withMfa();
          return () => mfa().disable(id);
        },
      ],
      ['an imported factor', () => mfa().enable(id, 'sms', { phone_number: '14085550111' })],
      [
        'MFA turned off by its owner',
        async () => {
          await withMfa();
          const token = await proven();
          return () => booted.client.delete('/mfa/', { token });
        },
      ],
      [
        'MFA turned on by its owner',
        async () => {
          const token = await booted.client.token(user);
          await requestPhone(booted, token, '14085550112');
          const code = booted.outbox.lastCode();
          return () => verifyPhone(booted, token, code);
        },
      ],
    ];

    it.each(ENDINGS)('[X-18] keeps its token: %s', async (_, prepare) => {
      const old = await openSession(booted, user);
      const login = async () => {
        const isOn = (await rowOf(booted, user)).enabled;
        return booted.client.token(user, isOn ? { mfa_code: await rightCode(booted, user) } : {});
      };
      const meanwhile = beforeRemoval(booted.database, login);
      const end = await prepare();
      if (typeof end === 'function') await (end as () => Promise<unknown>)();
      const token = await meanwhile;
      expect([await opens(token), await opens(old)]).toEqual([200, 401]);
    });
  },
);

/** Runs something once, right before sessions are removed, and gives what came of it. */
function beforeRemoval<T>({ subscribers }: DataSource, run: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const subscriber: EntitySubscriberInterface = {
      beforeQuery: async ({ query }) => {
        if (!/^DELETE FROM \W?mfa_session\W?/.test(query) || !subscribers.includes(subscriber)) return;
        subscribers.splice(subscribers.indexOf(subscriber), 1);
        await run().then(resolve, reject);
      },
    };
    subscribers.push(subscriber);
  });
}
