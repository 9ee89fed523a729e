import { afterEach, describe, expect, it } from 'vitest';
import { ORIGIN, PasskeyStage, WEBAUTHN } from '../../support/passkeys.js';

const WRONG = [400, 'invalid_mfa_code'];
const TOP = 'https://partner.example';

let stage: PasskeyStage;
afterEach(() => stage.close());

describe('frames and user verification', () => {
  it('[W-13] takes nothing from a frame in a page of another origin', async () => {
    stage = await PasskeyStage.boot();
    const passkey = stage.passkey();
    const token = await stage.enrolled('bob', passkey);
    const frames = [
      { crossOrigin: true },
      { crossOrigin: true, topOrigin: TOP },
      { topOrigin: ORIGIN },
      { crossOrigin: 1 },
    ];
    for (const clientData of frames) {
      expect(await stage.refusalOf('bob', (options) => passkey.authenticate(options, { clientData }))).toEqual(WRONG);
      const { id, options } = await stage.ask(token);
      const registration = stage.passkey().register(options, { clientData });
      expect((await stage.confirm(token, id, registration)).body['code']).toBe('invalid_mfa_code');
    }
  });

  it('[W-13] takes an answer from a frame in a page that may show it, and in no other one', async () => {
    stage = await PasskeyStage.boot({ mfa: { webauthn: { ...WEBAUTHN, topOrigins: [TOP] } } });
    const passkey = stage.passkey();
    const token = await stage.enrolled('bob', passkey);
    await stage.signIn('bob', passkey, { clientData: { crossOrigin: true, topOrigin: TOP } });
    for (const topOrigin of [undefined, 'https://evil.example', `${TOP}.`]) {
      const clientData = { crossOrigin: true, topOrigin };
      expect(await stage.refusalOf('bob', (options) => passkey.authenticate(options, { clientData }))).toEqual(WRONG);
    }
    const { id, options } = await stage.ask(token);
    const registration = stage.passkey().register(options, { clientData: { crossOrigin: true, topOrigin: TOP } });
    expect((await stage.confirm(token, id, registration)).status).toBe(200);
  });

  it.each(['required', 'preferred', 'discouraged'] as const)(
    '[W-06] [W-20] asks for and checks user verification by one policy: %s',
    async (userVerification) => {
      stage = await PasskeyStage.boot({ mfa: { webauthn: { ...WEBAUTHN, userVerification } } });
      const passkey = stage.passkey();
      const token = await stage.enrolled('bob', passkey);
      const { id, options } = await stage.ask(token);
      expect(options['authenticatorSelection']).toMatchObject({ userVerification });
      const registration = stage.passkey().register(options, { userVerified: false });
      const asked = await stage.begin('bob');
      expect(asked.options['userVerification']).toBe(userVerification);
      const finished = await stage.finish(asked, passkey.authenticate(asked.options, { userVerified: false }));
      const expected = userVerification === 'required' ? 400 : 200;
      expect([(await stage.confirm(token, id, registration)).status, finished.status]).toEqual([expected, expected]);
    },
  );

  it('[B-18] stays open while wrong codes lock the user, and wrong answers lock nothing', async () => {
    stage = await PasskeyStage.boot();
    const passkey = stage.passkey();
    await stage.enrolled('bob', passkey);
    for (let tries = 0; tries < 12; tries++) {
      expect(
        await stage.refusalOf('bob', (options) => passkey.authenticate(options, { signature: () => Buffer.alloc(70) })),
      ).toEqual(WRONG);
    }
    await stage.signIn('bob', passkey);
  });
});
