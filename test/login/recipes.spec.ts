import { describe, expect, it, afterEach, beforeEach } from 'vitest';
import { MultiFactorAuthService } from '../../src/index.js';
import { startRecipe, type StartedRecipe } from '../applications/start-recipe.js';
import { PLATFORMS, TEST_KEY } from '../support/boot-app.js';
import type { Answered, Sent } from '../support/client.js';
import { changeOf } from '../support/line-diff.js';
import { nextCode, type ShownKey } from '../support/totp-app.js';

const RECIPES = 'test/applications/recipes';
// The recipes read the key where an application does.
process.env['MFA_KEY'] ??= TEST_KEY;
const JWT = (await import('../applications/recipes/jwt/after/app.module.js')).AppModule;
const SESSION = (await import('../applications/recipes/session/after/app.module.js')).AppModule;

const ADA = { username: 'ada', password: 'lovelace' };

/** Who sends requests to a recipe, with a credential that the answers renew. */
class Person {
  credential: Sent = {};

  constructor(private readonly recipe: StartedRecipe) {}

  async send(method: string, path: string, json?: object): Promise<Answered> {
    const answer = await this.recipe.client.request(method, path, { ...this.credential, ...(json && { json }) });
    const cookie = answer.headers.getSetCookie()[0]?.split(';')[0];
    if (cookie) this.credential = { headers: { cookie } };
    const issued = (answer.body['credential'] ?? answer.body) as { access_token?: string };
    if (issued.access_token) this.credential = { token: issued.access_token, scheme: 'Bearer' };
    return answer;
  }

  logIn(): Promise<Answered> {
    this.credential = {};
    return this.send('POST', '/auth/login', ADA);
  }

  prove(asked: Answered, method: string, code: string): Promise<Answered> {
    return this.send('POST', '/mfa/login/verify/', { mfa_token: asked.body['mfa_token'], method, code });
  }

  payout(): Promise<Answered> {
    return this.send('POST', '/auth/payout');
  }

  /** Turns MFA on with an authenticator app. */
  async enrol(): Promise<ShownKey> {
    await this.logIn();
    const show = (await this.send('PUT', '/mfa/totp/request/')).body['show'] as ShownKey;
    const mfa_code = nextCode(show, this.recipe.clock);
    const { status, body, text } = await this.send('PUT', '/mfa/totp/verify/', { mfa_code });
    if (status !== 200 || body['enabled'] !== true) throw new Error(`not enrolled: ${status} ${text}`);
    return show;
  }
}

const KINDS = [
  ...PLATFORMS.map((platform) => ({ name: `@nestjs/jwt on ${platform}`, module: JWT, platform })),
  { name: 'express-session', module: SESSION, platform: 'express' as const },
];

describe('a recipe changes an application that has a login', () => {
  it('with @nestjs/jwt in at most 15 of its lines, and 25 lines in all', () => {
    const { changed, created } = changeOf(`${RECIPES}/jwt/before`, `${RECIPES}/jwt/after`);
    expect([changed > 5, changed <= 15, changed + created <= 25]).toEqual([true, true, true]);
  });

  it('with express-session in at most 15 of its lines, and 25 lines in all', () => {
    const { changed, created } = changeOf(`${RECIPES}/session/before`, `${RECIPES}/session/after`);
    expect([changed > 5, changed <= 15, changed + created <= 25]).toEqual([true, true, true]);
  });
});

describe.each(KINDS)('the recipe for $name', ({ module, platform }) => {
  let recipe: StartedRecipe;
  let ada: Person;
  beforeEach(async () => {
    recipe = await startRecipe(module, platform);
    ada = new Person(recipe);
  });
  afterEach(() => recipe.app.close());

  it('lets a user without a factor in as before, and tells where one is required', async () => {
    expect((await ada.logIn()).status).toBe(200);
    expect((await ada.send('GET', '/auth/profile')).body).toMatchObject({ username: 'ada' });
    const refused = await ada.payout();
    expect([refused.status, refused.body['code']]).toEqual([401, 'mfa_enrolment_required']);
    expect(refused.headers.get('www-authenticate')).toContain('acr_values="mfa"');
  });

  it('turns MFA on by a QR code, and goes on with the credential that comes with it', async () => {
    const show = await ada.enrol();
    expect(show.qr_svg).toMatch(/^<svg /);
    expect((await ada.payout()).status).toBe(201);
    expect((await ada.send('GET', '/mfa/')).body).toMatchObject({ enabled: true, challenge_type: 'totp' });
  });

  it('ends every other credential with that', async () => {
    const thief = new Person(recipe);
    await thief.logIn();
    await ada.enrol();
    expect((await thief.send('GET', '/mfa/')).status).toBe(401);
    expect((await thief.payout()).status).toBe(401);
  });

  it('asks for the code at the next login, and opens nothing before it', async () => {
    const show = await ada.enrol();
    const asked = await ada.logIn();
    expect([asked.status, asked.body['mfa_required'], asked.body['mfa_type']]).toEqual([200, true, 'totp']);
    expect((await ada.send('GET', '/auth/profile')).status).toBe(401);
    const [{ id }] = asked.body['mfa_methods'] as [{ id: string }];
    expect((await ada.prove(asked, id, '000000')).body['code']).toBe('invalid_mfa_code');
    const code = nextCode(show, recipe.clock);
    const proven = await ada.prove(asked, id, code);
    expect([proven.status, proven.body['mfa_required']]).toEqual([200, false]);
    expect((await ada.payout()).status).toBe(201);
    expect((await ada.prove(asked, id, code)).body['code']).toBe('invalid_mfa_token');
  });

  it('signs in by a recovery code, which opens no route that needs a second factor', async () => {
    await ada.enrol();
    const { body } = await ada.send('GET', '/mfa/recovery/');
    const asked = await ada.logIn();
    const proven = await ada.prove(asked, 'recovery', body['backup_code'] as string);
    expect([proven.status, proven.body['mfa_required']]).toEqual([200, false]);
    expect((await ada.send('GET', '/auth/profile')).status).toBe(200);
    expect((await ada.payout()).status).toBe(401);
  });

  it('asks for the factor again when it is old, and renews the credential', async () => {
    const show = await ada.enrol();
    recipe.clock.advance(901);
    expect((await ada.payout()).body['code']).toBe('insufficient_user_authentication');
    const mfa_code = nextCode(show, recipe.clock);
    expect((await ada.send('POST', '/mfa/step-up/', { mfa_code })).body).toMatchObject({ mfa_required: false });
    expect((await ada.payout()).status).toBe(201);
  });

  it('turns MFA off for a fresh credential, and goes on without the factor', async () => {
    await ada.enrol();
    expect([200, 204]).toContain((await ada.send('DELETE', '/mfa/')).status);
    expect((await ada.send('GET', '/mfa/')).body).toMatchObject({ enabled: false });
    expect((await ada.payout()).body['code']).toBe('mfa_enrolment_required');
  });

  it('refuses every credential when the application ends the sessions of its user', async () => {
    await ada.enrol();
    const mfa = recipe.app.get(MultiFactorAuthService);
    const before = await mfa.epoch('1');
    await mfa.endSessions('1');
    expect(await mfa.epoch('1')).toBeGreaterThan(before);
    expect((await ada.payout()).status).toBe(401);
  });

  it('refuses step-ups after five wrong codes of any credential, and no login', async () => {
    const show = await ada.enrol();
    for (let wrong = 0; wrong < 5; wrong++) {
      expect((await ada.send('POST', '/mfa/step-up/', { mfa_code: '000000' })).status).toBe(400);
    }
    const right = await ada.send('POST', '/mfa/step-up/', { mfa_code: nextCode(show, recipe.clock) });
    expect([right.status, right.body['code']]).toEqual([429, 'locked']);
    const asked = await ada.logIn();
    const [{ id }] = asked.body['mfa_methods'] as [{ id: string }];
    expect((await ada.prove(asked, id, nextCode(show, recipe.clock))).status).toBe(200);
    expect((await ada.payout()).status).toBe(201);
  });
});
