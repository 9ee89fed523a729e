import { afterEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { openSession } from '../support/own-mfa.js';

describe('a user whose fields are not as the module needs them', () => {
  let booted: BootedApp;
  afterEach(() => booted.close());

  it.each([0, 1, null, 'f', '', undefined])(
    '[F-05] [F-14] is refused with `active` %j, also with a live session',
    async (active) => {
      booted = await bootApp();
      const token = await openSession(booted, 'bob');
      Object.assign(booted.users.named('bob'), { active });
      expect((await booted.client.login('bob')).status).toBe(400);
      expect((await booted.client.get('/mfa/', { token })).status).toBe(401);
    },
  );

  it('[F-14] is told of in the log, once', async () => {
    booted = await bootApp();
    for (const name of ['alice', 'bob']) {
      Object.assign(booted.users.named(name), { passwordHash: undefined, password: 'another field', active: 2 });
    }
    for (const name of ['alice', 'bob', 'bob']) expect((await booted.client.login(name)).status).toBe(400);
    const told = booted.log.filter((line) => line.includes('See DirectoryUser'));
    expect(told.filter((line) => line.includes('The `passwordHash` of a user is undefined'))).toHaveLength(1);
  });
});
