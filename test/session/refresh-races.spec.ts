import { afterEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { DATABASE_KINDS, describeOnEach } from '../support/databases.js';
import { eventLog } from '../support/event-log.js';
import { addUser, bootInstancesOn, type Instances } from '../support/instances.js';
import { type OAuthCaller, oauthClient, tokensOf } from '../support/oauth.js';
import { par } from '../support/par.js';

describe.each(PLATFORMS)('two tabs that refresh on %s', (platform) => {
  let booted: BootedApp;
  let caller: OAuthCaller;
  let log: ReturnType<typeof eventLog>;
  const boot = async (refreshRaceSeconds?: number) => {
    log = eventLog();
    booted = await bootApp({ platform, mfa: { events: log.listener, sessions: { refreshRaceSeconds } } });
    caller = await oauthClient(booted);
  };
  afterEach(() => booted.close());

  const opens = async (token: string) => (await booted.client.get('/app/me', { token, scheme: 'Bearer' })).status;
  const refused = async (refresh: string) => {
    const { status, body } = await caller.refresh(refresh);
    expect([status, body['error'], 'access_token' in body]).toEqual([400, 'invalid_grant', false]);
  };
  const reused = () => log.count('refresh_token_reused', '1');

  it('[D-10] refuse the later one and leave the winner its tokens, for ten seconds', async () => {
    await boot();
    const first = await caller.tokens('alice');
    const second = tokensOf(await caller.refresh(first.refresh));
    for (const seconds of [0, 9, 1]) {
      booted.clock.advance(seconds);
      await refused(first.refresh);
      expect([await opens(first.access), await opens(second.access)]).toEqual([401, 200]);
    }
    expect(reused()).toBe(0);
    expect(await opens(tokensOf(await caller.refresh(second.refresh)).access)).toBe(200);
  });

  it('[D-10] end the session by a token that comes later', async () => {
    await boot();
    const first = await caller.tokens('alice');
    const second = tokensOf(await caller.refresh(first.refresh));
    booted.clock.advance(10.001);
    await refused(first.refresh);
    expect(await opens(second.access)).toBe(401);
    await refused(second.refresh);
    expect(reused()).toBe(1);
  });

  it('[D-10] count the time of each token from its own replacement, not from the last refresh', async () => {
    await boot();
    const first = await caller.tokens('alice');
    const second = tokensOf(await caller.refresh(first.refresh));
    booted.clock.advance(6);
    const third = tokensOf(await caller.refresh(second.refresh));
    await refused(first.refresh);
    await refused(second.refresh);
    expect(await opens(third.access)).toBe(200);
    booted.clock.advance(5);
    await refused(second.refresh);
    expect(await opens(third.access)).toBe(200);
    await refused(first.refresh);
    expect(await opens(third.access)).toBe(401);
    expect(reused()).toBe(1);
  });

  it('[D-10] never buy time with the refusals', async () => {
    await boot();
    const first = await caller.tokens('alice');
    const second = tokensOf(await caller.refresh(first.refresh));
    for (let seconds = 0; seconds < 10; seconds += 2) {
      booted.clock.advance(2);
      await refused(first.refresh);
    }
    booted.clock.advance(1);
    await refused(first.refresh);
    expect(await opens(second.access)).toBe(401);
  });

  it('[D-10] end the session at once by a token that was never given', async () => {
    await boot();
    const { access, refresh } = await caller.tokens('alice');
    await refused(`${refresh.split('.')[0]}.${'x'.repeat(43)}`);
    expect(await opens(access)).toBe(401);
  });

  it('[D-10] leave only one pair, also where the clock has been set back', async () => {
    await boot();
    booted.clock.advance(3600);
    const first = await caller.tokens('alice');
    const second = tokensOf(await caller.refresh(first.refresh));
    booted.clock.advance(-3600);
    await refused(first.refresh);
    expect(await opens(second.access)).toBe(401);
  });

  it('[D-10] end the session at once where the option is 0', async () => {
    await boot(0);
    const first = await caller.tokens('alice');
    const second = tokensOf(await caller.refresh(first.refresh));
    await refused(first.refresh);
    expect(await opens(second.access)).toBe(401);
    expect(reused()).toBe(1);
  });
});

await describeOnEach('refreshes at the same moment', DATABASE_KINDS, (kind) => {
  let instances: Instances;
  afterEach(() => instances.close());

  it('[D-10] have one winner, whose tokens live, and leave no second pair', async () => {
    instances = await bootInstancesOn(kind, 2);
    const booted = instances.all[0]!;
    const caller = await oauthClient(booted);
    const opens = async (token: string) => (await booted.client.get('/app/me', { token, scheme: 'Bearer' })).status;
    for (let round = 0; round < 3; round++) {
      addUser(instances, `tabs-${round}`);
      const { access, refresh } = await caller.tokens(`tabs-${round}`);
      const form = { grant_type: 'refresh_token', refresh_token: refresh };
      const headers = { authorization: caller.basic };
      const answers = await par(instances.all, 10, () => ({ path: '/mfa/oauth2/token/', form, headers }));
      const won = answers.filter(({ status }) => status === 200);
      expect(answers.filter(({ body }) => body['error'] === 'invalid_grant')).toHaveLength(9);
      expect(won).toHaveLength(1);
      const next = tokensOf(won[0]!);
      expect([await opens(access), await opens(next.access)]).toEqual([401, 200]);
      expect((await caller.refresh(next.refresh)).status).toBe(200);
      expect(await opens(next.access)).toBe(401);
    }
  });

  it('[D-10] end the session on every instance where the option is 0', async () => {
    instances = await bootInstancesOn(kind, 2, { mfa: { sessions: { refreshRaceSeconds: 0 } } });
    const booted = instances.all[0]!;
    const caller = await oauthClient(booted);
    const { refresh } = await caller.tokens('alice');
    const form = { grant_type: 'refresh_token', refresh_token: refresh };
    const headers = { authorization: caller.basic };
    const answers = await par(instances.all, 10, () => ({ path: '/mfa/oauth2/token/', form, headers }));
    const won = answers.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    expect((await caller.refresh(tokensOf(won[0]!).refresh)).body['error']).toBe('invalid_grant');
  });
});
