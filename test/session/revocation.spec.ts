import { afterEach, describe, expect, it } from 'vitest';
import { BackupCodes } from '../../src/challenge/recovery/backup-codes.js';
import { MultiFactorAuthService } from '../../src/index.js';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { codeByLogin, enrolled } from '../support/enrolled.js';
import { rowOf } from '../support/factor-rows.js';
import { LOGIN_NAMES, loginRoute } from '../support/logins.js';
import { requestPhone, verifyPhone } from '../support/own-mfa.js';

let booted: BootedApp;
afterEach(() => booted.close());

/** A point at which one request waits until it is let go. */
function held(): { reached: Promise<void>; letGo: () => void; wait: () => Promise<void> } {
  let letGo = () => undefined as void;
  let arrive = () => undefined as void;
  const reached = new Promise<void>((resolve) => (arrive = resolve));
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  return {
    reached,
    letGo: () => letGo(),
    wait: () => {
      arrive();
      return gate;
    },
  };
}

/** The next password check is held after its hash was found right. */
function holdNextPassword({ users }: BootedApp): ReturnType<typeof held> {
  const point = held();
  const verify = users.verifyPassword.bind(users);
  users.verifyPassword = async (hash, password) => {
    users.verifyPassword = verify;
    const right = await verify(hash, password);
    await point.wait();
    return right;
  };
  return point;
}

async function changePassword({ app, users }: BootedApp, username: string): Promise<void> {
  const user = users.named(username);
  user.passwordHash = await users.hashPassword('another-password');
  await app.get(MultiFactorAuthService).endSessions(String(user.id));
}

describe('what is under way when its right ends', () => {
  it.each(LOGIN_NAMES)('[S-20] signs nobody in at %s with a password that was changed meanwhile', async (name) => {
    booted = await bootApp();
    const login = await loginRoute(booted, name);
    const point = holdNextPassword(booted);
    const late = login.send('alice');
    await point.reached;
    await changePassword(booted, 'alice');
    point.letGo();
    expect((await late).status).toBe(400);
    expect(await booted.database.getRepository('MfaSession').count()).toBe(0);
  });

  it('[S-08] signs nobody in who was made inactive meanwhile', async () => {
    booted = await bootApp();
    const point = holdNextPassword(booted);
    const late = booted.client.login('alice');
    await point.reached;
    booted.users.named('alice').active = false;
    point.letGo();
    expect((await late).body).toMatchObject({ code: 'invalid_credentials' });
  });

  it('[K-08] [T18] puts no backup code of an ended session over a new enrolment', async () => {
    booted = await bootApp();
    await enrolled(booted, 'bob');
    const stolen = await booted.client.token('bob', { mfa_code: await codeByLogin(booted, 'bob') });
    const codes = booted.app.get(BackupCodes, { strict: false });
    const enrol = codes.enrol.bind(codes);
    const point = held();
    codes.enrol = async () => {
      const made = await enrol();
      await point.wait();
      return made;
    };
    const late = booted.client.get('/mfa/recovery/', { token: stolen });
    await point.reached;
    await booted.app.get(MultiFactorAuthService).disable(String(booted.users.named('bob').id));
    booted.clock.advance(3600);
    await enrolled(booted, 'bob');
    point.letGo();
    expect((await late).status).toBe(401);
    expect((await rowOf(booted, 'bob')).factors.map(({ type }) => type)).toEqual(['sms']);
  });

  it('[E-07] confirms no phone that an ended session has requested', async () => {
    booted = await bootApp();
    const thief = await booted.client.token('alice');
    await requestPhone(booted, thief, '14085550666');
    await changePassword(booted, 'alice');
    const owner = await signInAgain(booted);
    expect((await verifyPhone(booted, owner, booted.outbox.lastCode())).status).toBe(400);
    expect((await booted.client.get('/mfa/', { token: owner })).body).toMatchObject({ phone_number: '' });
  });
});

async function signInAgain({ client }: BootedApp): Promise<string> {
  const { body } = await client.login('alice', { password: 'another-password' });
  return String(body['token']);
}
