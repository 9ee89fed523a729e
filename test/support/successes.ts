import type { BootedApp } from './boot-app.js';
import type { Answered, Sent } from './client.js';
import { enrolledByRow, rightCode } from './factor-rows.js';
import { oauthClient, tokensOf } from './oauth.js';
import { openSession } from './own-mfa.js';

/** A success of one of the module's routes. */
export interface Success {
  route: string;
  answered: Answered;
}

/** Asks every route of the module, in each way in which it succeeds. @throws if one does not */
export async function* successes(booted: BootedApp): AsyncGenerator<Success> {
  const { client, clock, outbox } = booted;
  const ask = async (method: string, path: string, sent: Sent = {}): Promise<Success> => {
    const answered = await client.request(method, `/mfa/${path}`, sent);
    if (answered.status >= 300) throw new Error(`${method} ${path}: ${answered.status} ${answered.text}`);
    return { route: `${method} ${path}`, answered };
  };
  const first = { username: 'dave', password: 'dave-password' };
  const [oauth, service] = [await oauthClient(booted), await oauthClient(booted, { grants: ['client_credentials'] })];
  const form = (more: Record<string, string>): Sent => ({ form: more, headers: { authorization: oauth.basic } });
  const password = { grant_type: 'password', username: 'dave', password: 'dave-password' };

  const signedIn = await ask('PUT', 'authtoken/login/', { json: first });
  yield signedIn;
  const early = String(signedIn.answered.body['token']);
  yield await ask('GET', '', { token: early });
  yield await ask('PUT', 'sms/request/', { token: early, json: { phone_number: '14085550101' } });
  yield await ask('PUT', 'sms/verify/', { token: early, json: { mfa_code: outbox.lastCode() } });
  clock.advance(3600);
  yield await ask('POST', 'authtoken/login/', { json: first });
  const mfa_code = outbox.lastCode();
  yield await ask('POST', 'authtoken/login/', { json: { ...first, mfa_code } });
  clock.advance(3600);
  yield await ask('POST', 'oauth2/token/', form(password));
  const granted = await ask('POST', 'oauth2/token/', form({ ...password, mfa_code: outbox.lastCode() }));
  yield granted;
  const { access, refresh } = tokensOf(granted.answered);
  yield await ask('GET', 'recovery/', { token: access });
  clock.advance(3600);
  yield await ask('POST', 'oauth2/token/', form({ grant_type: 'refresh_token', refresh_token: refresh }));
  yield await ask('POST', 'oauth2/revoke_token/', form({ token: access }));
  const headers = { authorization: service.basic };
  yield await ask('POST', 'oauth2/token/', { form: { grant_type: 'client_credentials' }, headers });

  const bob = await openedFor(booted, 'bob');
  yield await ask('POST', 'step-up/', { token: bob });
  const proof = await rightCode(booted, 'bob', { purpose: 'step-up' });
  yield await ask('POST', 'step-up/', { token: bob, json: { mfa_code: proof } });
  yield await ask('DELETE', '', { token: bob });
  yield await ask('POST', 'logout/', { token: bob });
  for (const path of ['', 'recovery/', 'sms/verify/', 'oauth2/token/']) yield await ask('OPTIONS', path);
}

async function openedFor(booted: BootedApp, username: string): Promise<string> {
  await enrolledByRow(booted, username);
  return openSession(booted, username);
}
