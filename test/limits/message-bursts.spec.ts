import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BootedApp } from '../support/boot-app.js';
import type { Answered } from '../support/client.js';
import { DATABASE_KINDS, describeOnEach, makeMigrated, type TestDatabase } from '../support/databases.js';
import { expectRefusal } from '../support/denied.js';
import { type EventLog, eventLog } from '../support/event-log.js';
import { enrolledByRow } from '../support/factor-rows.js';
import { bootInstances, type Instances } from '../support/instances.js';
import { loginRoute } from '../support/logins.js';
import { behindProxy, from, newcomer, phoneInGB, phoneInUS, phoneRequest } from '../support/newcomers.js';
import { par } from '../support/par.js';

const REQUESTS = 30;

await describeOnEach(
  'messages that are asked for at the same moment, over three instances,',
  DATABASE_KINDS,
  (kind) => {
    let database: TestDatabase;
    let instances: Instances;
    let first: BootedApp;
    let log: EventLog;
    beforeAll(async () => {
      database = await makeMigrated(kind, 'messages');
      log = eventLog();
      instances = await bootInstances(3, {
        database: database.options,
        keepTables: true,
        setUp: behindProxy,
        mfa: { events: log.listener, messages: { enrolmentsPerNetworkPerHour: 7, loginsPerNetworkPerHour: 7 } },
      });
      first = instances.all[0]!;
    });
    afterAll(async () => {
      await instances.close();
      await database.drop();
    });

    const newcomers = async (count = REQUESTS) => {
      const tokens: string[] = [];
      while (tokens.length < count) tokens.push(await newcomer(instances.all));
      return tokens;
    };

    /** The messages that went out meanwhile: as many as the answers say, and all other answers are refusals. */
    async function messagesOf(send: () => Promise<Answered[]>, refusal: number): Promise<number> {
      const before = first.outbox.count;
      const answers = await send();
      const refused = answers.filter(({ status }) => status !== 200);
      expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([refusal]));
      if (refusal === 429) refused.forEach(expectRefusal);
      const sent = first.outbox.count - before;
      expect(answers.length - refused.length).toBe(sent);
      return sent;
    }

    it('[C-06] are five to one number, by thirty users from thirty networks', async () => {
      const tokens = await newcomers();
      const ask = () => par(instances.all, REQUESTS, (index) => phoneRequest(tokens[index]!, phoneInUS(0), index));
      expect(await messagesOf(ask, 429)).toBe(5);
    });

    it('[C-07] are as many to new numbers as one network may ask for', async () => {
      const tokens = await newcomers();
      const ask = () => par(instances.all, REQUESTS, (index) => phoneRequest(tokens[index]!, phoneInGB(index), 200));
      expect(await messagesOf(ask, 429)).toBe(7);
    });

    it('[C-07] are as many for logins as one network may ask for', async () => {
      const login = await loginRoute(first, 'authtoken');
      const names = Array.from({ length: REQUESTS }, (_, index) => `member-${index}`);
      for (const name of names) {
        for (const { users } of instances.all) users.add(name);
        await enrolledByRow(first, name);
      }
      const ask = () =>
        par(instances.all, REQUESTS, (index) => ({ ...login.request(names[index]!), headers: from(201) }));
      expect(await messagesOf(ask, 503)).toBe(7);
    });

    it('[C-08] are fifty to numbers of a country of which none was verified, and the stop is told once', async () => {
      const phone = (index: number) => `3361234${String(index).padStart(4, '0')}`;
      const pump = async (count: number, start: number) => {
        const tokens = await newcomers(count);
        return par(instances.all, count, (index) => phoneRequest(tokens[index]!, phone(start + index), start + index));
      };
      expect((await pump(45, 50)).filter(({ status }) => status !== 200)).toEqual([]);
      // Of those that find it out together, some that would have had room are among them.
      expect(await messagesOf(() => pump(REQUESTS, 100), 429)).toBeLessThanOrEqual(5);
      expect(log.events.filter(({ type }) => type === 'sending_stopped')).toMatchObject([{ country: 'FR' }]);
    });
  },
);
