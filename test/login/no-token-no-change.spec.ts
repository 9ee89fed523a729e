import { once } from 'node:events';
import { type ClientRequest, request, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { OpenSession } from '../../src/index.js';
import { SlowQueue } from '../../src/verification/slow-queue.js';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { breakInserts } from '../support/broken-inserts.js';
import { DATABASE_KINDS, describeOnEach } from '../support/databases.js';
import { enrolledByRow, rowOf } from '../support/factor-rows.js';
import { failStatement, type FailureMoment } from '../support/failing-statements.js';
import { addUser, bootInstancesOn, type Instances } from '../support/instances.js';
import { knownBackupSet } from '../support/known-backup-set.js';
import { LOGIN_NAMES, loginRoute } from '../support/logins.js';
import { rawRows } from '../support/own-mfa.js';
import { par, type WireRequest } from '../support/par.js';

const CODE = '0123ABCD4567';
// Made once for all users: the slow hash is slow.
const backup = knownBackupSet([CODE]);
const MOMENTS: FailureMoment[] = ['before', 'after'];

await describeOnEach('a login with a backup code that gives no token', DATABASE_KINDS, (kind) => {
  let instances: Instances;
  let booted: BootedApp;
  beforeAll(async () => {
    instances = await bootInstancesOn(kind, 1);
    booted = instances.all[0]!;
  });
  afterAll(() => instances.close());

  const owner = async (name: string) => {
    addUser(instances, name);
    await enrolledByRow(booted, name, backup);
    return name;
  };
  const isOn = async (user: string) => (await rowOf(booted, user)).enabled;

  describe.each(LOGIN_NAMES)('over %s', (name) => {
    it.each(MOMENTS)(
      '[B-30] has not turned MFA off, whichever statement fails, %s it is carried out',
      async (moment) => {
        const login = await loginRoute(booted, name);
        const outcomes: object[] = [];
        for (let place = 0, hasFailed = true; hasFailed; place++) {
          const user = await owner(`${name}-${moment}-${place}`);
          const end = failStatement(booted.database, place, moment);
          const token = login.token(await login.send(user, { backup_code: CODE }));
          hasFailed = end() > place;
          const { enabled, factors } = await rowOf(booted, user);
          const opens = token !== undefined && (await booted.client.get('/mfa/', { token })).status === 200;
          outcomes.push({ opens, enabled, codes: factors.filter(({ type }) => type === 'backup').length });
        }
        // Who is refused can use the code again.
        const refused = outcomes.filter((outcome) =>
          isDeepStrictEqual(outcome, { opens: false, enabled: true, codes: 1 }),
        );
        const granted = outcomes.filter((outcome) =>
          isDeepStrictEqual(outcome, { opens: true, enabled: false, codes: 0 }),
        );
        expect([...refused, ...granted].length).toBe(outcomes.length);
        expect(refused.length).toBeGreaterThanOrEqual(4);
        expect(granted.length).toBeGreaterThanOrEqual(1);
      },
    );

    it('[B-30] has not turned MFA off when no session can be inserted', async () => {
      const login = await loginRoute(booted, name);
      const user = await owner(`${name}-insert`);
      const mend = await breakInserts(booted.database);
      expect((await login.send(user, { backup_code: CODE })).status).toBeGreaterThanOrEqual(400);
      await mend();
      expect(await isOn(user)).toBe(true);
      expect(await sessionsOf(booted, user)).toBe(0);
    });
  });

  it('[B-30] opens one session for one code, and none for a code that another request has used meanwhile', async () => {
    const login = await loginRoute(booted, 'authtoken');
    const user = await owner('many at once');
    // The first one turns MFA off, and who comes after that needs no code.
    const release = holdUntilAsked(booted, 6);
    const answers = await par([booted], 6, () => login.request(user, { backup_code: CODE }));
    release();
    expect(answers.filter((one) => login.token(one) !== undefined)).toHaveLength(1);
    expect([await isOn(user), await sessionsOf(booted, user)]).toEqual([false, 1]);
  });
});

describe.each(PLATFORMS)('a client that goes while backup codes wait for their hash, on %s', (platform) => {
  let booted: BootedApp;
  afterEach(() => booted.close());

  it.each(LOGIN_NAMES)('[B-30] has not turned MFA off, and spends no code, over %s', async (name) => {
    booted = await bootApp({ platform });
    await enrolledByRow(booted, 'bob', backup);
    const login = await loginRoute(booted, name);
    const held = holdHash(booted);
    const connected = once(booted.app.getHttpServer() as Server, 'connection') as Promise<[Socket]>;
    const client = send(booted, login.request('bob', { backup_code: CODE }));
    await held.reached;
    const [socket] = await connected;
    const closed = once(socket, 'close');
    client.destroy();
    await closed;
    await held.letGo();
    expect(await rowOf(booted, 'bob')).toMatchObject({ enabled: true });
    expect(await sessionsOf(booted, 'bob')).toBe(0);
    booted.clock.advance(11);
    expect(typeof login.token(await login.send('bob', { backup_code: CODE }))).toBe('string');
  });
});

async function sessionsOf(booted: BootedApp, username: string): Promise<number> {
  const id = String(booted.users.named(username).id);
  return (await rawRows(booted, 'mfa_session')).filter((row) => row['user_id'] === id).length;
}

/** Sends a request on a connection of its own, and waits for no answer. */
function send({ client }: BootedApp, { path, headers, json, form }: WireRequest): ClientRequest {
  const body = json === undefined ? new URLSearchParams(form).toString() : JSON.stringify(json);
  const type = json === undefined ? 'application/x-www-form-urlencoded' : 'application/json';
  const sent = request(client.origin + path, {
    method: 'POST',
    agent: false,
    headers: { ...headers, 'content-type': type },
  });
  // It is cut off.
  sent.on('error', () => undefined);
  sent.end(body);
  return sent;
}

/** Holds all who ask for a slow hash until so many have asked. Gives what ends the holding. */
function holdUntilAsked({ app }: BootedApp, count: number): () => void {
  const queue = app.get(SlowQueue, { strict: false });
  let [asked, open] = [0, () => undefined as void];
  const gate = new Promise<void>((resolve) => (open = resolve));
  queue.admit = async (...given) => {
    asked += 1;
    if (asked === count) open();
    await gate;
    return SlowQueue.prototype.admit.apply(queue, given) as ReturnType<(typeof given)[1]>;
  };
  return () => Reflect.deleteProperty(queue, 'admit');
}

/** Holds the next slow hash. `letGo` resolves when the login that waits for it has ended. */
function holdHash({ app }: BootedApp): { reached: Promise<void>; letGo: () => Promise<void> } {
  const queue = app.get(SlowQueue, { strict: false });
  const openSession = app.get(OpenSession, { strict: false });
  let [reach, open, end] = [() => undefined as void, () => undefined as void, () => undefined as void];
  const reached = new Promise<void>((resolve) => (reach = resolve));
  const gate = new Promise<void>((resolve) => (open = resolve));
  const ended = new Promise<void>((resolve) => (end = resolve));
  queue.run = async (user, slow) => {
    reach();
    await gate;
    return SlowQueue.prototype.run.call(queue, user, slow) as ReturnType<typeof slow>;
  };
  openSession.signIn = (...given) => OpenSession.prototype.signIn.apply(openSession, given).finally(() => end());
  return {
    reached,
    letGo: async () => {
      open();
      await ended;
      Reflect.deleteProperty(queue, 'run');
      Reflect.deleteProperty(openSession, 'signIn');
    },
  };
}
