import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Challenge, MfaChallenge, type Verdict } from '../../src/index.js';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';

/** A request that refuses every field that it does not name. */
const PinRequest = z.strictObject({ pin: z.string() });

type Pin = z.infer<typeof PinRequest>;

@MfaChallenge({ type: 'pin', request: PinRequest })
class PinChallenge extends Challenge<Pin, string, undefined, Pin> {
  enrol(state: Pin) {
    return { state, hint: '' };
  }

  read(raw: unknown): string | undefined {
    return typeof raw === 'string' ? raw : undefined;
  }

  verify({ pin }: Pin, proof: string): Verdict<Pin> {
    return proof === pin ? { kind: 'right', state: { pin: `not ${pin}` } } : { kind: 'wrong' };
  }
}

describe.each(PLATFORMS)('a challenge whose request takes no other field over %s', (platform) => {
  let booted: BootedApp;
  afterEach(() => booted.close());

  it('is added with a type and a name, which are not its own, and still refuses other fields', async () => {
    booted = await bootApp({ platform, mfa: { challenges: [PinChallenge] } });
    const token = await booted.client.token('alice');
    const add = (json: object) => booted.client.post('/mfa/factors/', { token, json: { type: 'pin', ...json } });
    const { status, body } = await add({ pin: '2468', name: 'Mine' });
    expect([status, body['name']]).toEqual([201, 'Mine']);
    for (const json of [{ pin: '2468', user_id: 2 }, { pin: 2468 }, {}, { pin: '2468', constructor: {} }]) {
      expect((await add(json)).body['code']).toBe('invalid_request');
    }
    const path = `/mfa/factors/${String(body['id'])}/verify/`;
    expect((await booted.client.post(path, { token, json: { code: '2468' } })).status).toBe(200);
  });
});
