import { afterAll, beforeAll, expect, it } from 'vitest';
import { URI as OtpauthUri, type TOTP } from 'otpauth';
import { MultiFactorAuthService } from '../../src/index.js';
import { KEY, WITH_APPS } from '../support/authenticator.js';
import type { BootedApp } from '../support/boot-app.js';
import type { Answered } from '../support/client.js';
import { DATABASE_KINDS, describeOnEach } from '../support/databases.js';
import { rowOf } from '../support/factor-rows.js';
import { afterChanges, afterReads, holdReads } from '../support/hold-reads.js';
import { addUser, bootInstancesOn, type Instances } from '../support/instances.js';
import { openSession } from '../support/own-mfa.js';
import { par } from '../support/par.js';

await describeOnEach('changes of factors at the same moment', DATABASE_KINDS, (kind) => {
  let instances: Instances;
  let booted: BootedApp;
  beforeAll(async () => {
    instances = await bootInstancesOn(kind, 1, { mfa: WITH_APPS });
    await instances.boot({ platform: 'fastify' });
    booted = instances.all[0]!;
  });
  afterAll(() => instances.close());

  /** A user with so many authenticator apps, and what sends requests of their session. */
  async function withApps(username: string, count: number) {
    addUser(instances, username);
    const service = booted.app.get(MultiFactorAuthService);
    const userId = String(booted.users.named(username).id);
    for (let app = 0; app < count; app++) {
      await service.importFactor(userId, 'totp', { secret: KEY.secret.slice(0, -1) + 'BCDEF'[app]! });
    }
    const token = await openSession(booted, username, await service.epoch(userId));
    const headers = { authorization: `Token ${token}` };
    const send = (times: number, request: (index: number) => object) =>
      par(instances.all, times, (index) => ({ path: '/mfa/factors/', headers, ...request(index) }));
    const ids = async () => (await rowOf(booted, username)).factors.map(({ id }) => id);
    const isSignedIn = async () => (await booted.client.get('/mfa/', { token })).status === 200;
    return { username, send, ids, isSignedIn };
  }

  const codeOf = ({ body }: Answered) => {
    const { otpauth_uri } = body['show'] as { otpauth_uri: string };
    return (OtpauthUri.parse(otpauth_uri) as TOTP).generate({ timestamp: booted.clock.now().getTime() });
  };
  const won = (answers: readonly Answered[]) => answers.filter(({ status }) => status < 300).length;
  const broken = (answers: readonly Answered[]) => answers.filter(({ status }) => status >= 500);

  it('never make more factors than are allowed, and confirm one of many pending ones', async () => {
    const { send, ids, isSignedIn } = await withApps('adds', 4);
    const added = await send(6, () => ({ json: { type: 'totp' } }));
    expect(broken(added)).toEqual([]);
    const pending = added.filter(({ status }) => status === 201);
    const confirmed = await send(2 * pending.length, (index) => {
      const one = pending[index % pending.length]!;
      return { path: `/mfa/factors/${String(one.body['id'])}/verify/`, json: { code: codeOf(one) } };
    });
    expect([won(confirmed), broken(confirmed), (await ids()).length, await isSignedIn()]).toEqual([1, [], 5, true]);
    const refused = await send(4, () => ({ json: { type: 'totp' } }));
    expect(new Set(refused.map(({ body }) => body['code']))).toEqual(new Set(['too_many_factors']));
  });

  it('leave MFA on with one factor, or off with none, where the last one goes while another comes', async () => {
    const { username, send, ids, isSignedIn } = await withApps('swaps', 1);
    const [last] = await ids();
    const [added] = await send(1, () => ({ json: { type: 'totp' } }));
    const code = codeOf(added!);
    const answers = await send(8, (index) =>
      index % 2 === 0
        ? { path: `/mfa/factors/${String(added!.body['id'])}/verify/`, json: { code } }
        : { method: 'DELETE', path: `/mfa/factors/${last}/`, json: {} },
    );
    const { enabled, factors, pendingFactors } = await rowOf(booted, username);
    expect([broken(answers), enabled, await isSignedIn()]).toEqual([[], factors.length > 0, true]);
    expect(won(answers)).toBeGreaterThan(0);
    expect(enabled || pendingFactors.length === 0).toBe(true);
  });

  it('are all made where one session removes several factors, and it stays signed in', async () => {
    const { send, ids, isSignedIn } = await withApps('removes', 4);
    const all = await ids();
    const removal = (index: number) => ({ method: 'DELETE', path: `/mfa/factors/${all[index]}/`, json: {} });
    // Each has seen the factors and the session as they are before any of them is removed.
    holdReads(
      instances.all.map(({ database }) => database),
      3,
    );
    const answers = await send(3, removal);
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204]);
    expect([await ids(), await isSignedIn()]).toEqual([[all[3]], true]);
  });

  it('leave the session that makes one signed in at every moment, and no other', async () => {
    const { username, send, ids, isSignedIn } = await withApps('keeps', 2);
    const service = booted.app.get(MultiFactorAuthService);
    const other = await openSession(booted, username, await service.epoch(String(booted.users.named(username).id)));
    const isOtherIn = async () => (await booted.client.get('/mfa/', { token: other })).status === 200;
    const sources = instances.all.map(({ database }) => database);
    const seen: unknown[] = [await Promise.all([isSignedIn(), isOtherIn()])];
    // The factor is gone, and the rows of the sessions still are of the epoch before.
    const end = afterChanges(sources, async () => {
      end();
      seen.push(await Promise.all([isSignedIn(), isOtherIn()]));
    });
    const [first] = await ids();
    const [removed] = await send(1, () => ({ method: 'DELETE', path: `/mfa/factors/${first}/`, json: {} }));
    seen.push(await Promise.all([isSignedIn(), isOtherIn()]));
    expect([removed!.status, ...seen]).toEqual([204, [true, true], [true, false], [true, false]]);
  });

  it('take the right code for one factor though the same session removes another meanwhile', async () => {
    const { send, ids, isSignedIn } = await withApps('confirms', 2);
    const [added] = await send(1, () => ({ json: { type: 'totp' } }));
    const [first] = await ids();
    const end = afterReads(
      instances.all.map(({ database }) => database),
      async () => {
        end();
        const [removed] = await send(1, () => ({ method: 'DELETE', path: `/mfa/factors/${first}/`, json: {} }));
        expect(removed!.status).toBe(204);
      },
    );
    const path = `/mfa/factors/${String(added!.body['id'])}/verify/`;
    const [confirmed] = await send(1, () => ({ path, json: { code: codeOf(added!) } }));
    expect([confirmed!.status, (await ids()).length, await isSignedIn()]).toEqual([200, 2, true]);
  });

  it('prefer one factor, whichever is named last', async () => {
    const { send, ids } = await withApps('prefers', 3);
    const all = await ids();
    const answers = await send(9, (index) => ({
      method: 'PATCH',
      path: `/mfa/factors/${all[index % 3]}/`,
      json: { default: true, name: `Phone ${index}` },
    }));
    expect([won(answers), (await ids()).toSorted()]).toEqual([9, all.toSorted()]);
    const [listed] = await send(1, () => ({ method: 'GET', json: {} }));
    const shown = JSON.parse(listed!.text) as { id: string; default?: true }[];
    expect(shown.filter((one) => one.default).map(({ id }) => id)).toEqual([(await ids())[0]]);
  });
});
