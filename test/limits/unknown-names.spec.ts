import { afterEach, describe, expect, it } from 'vitest';
import type { MfaValues } from '../../src/index.js';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import type { Answered } from '../support/client.js';
import { enrolledByRow } from '../support/factor-rows.js';
import { addressIn, BEHIND_PROXY, from, sent } from '../support/guesses.js';
import { LOGIN_NAMES, type LoginRoute, loginRoute } from '../support/logins.js';

const PLACES = PLATFORMS.flatMap((platform) => LOGIN_NAMES.map((name) => ({ platform, name })));
/** Alice signs in with a password, bob with a code as well, carol may not, and nobody has the last name. */
const NAMES = ['alice', 'bob', 'carol', 'nobody'];

/** An answer as somebody sees it who compares two. */
function seen({ status, headers, text }: Answered): string {
  const stable = [...headers].filter(([name]) => name !== 'date' && name !== 'keep-alive');
  return JSON.stringify([status, stable, text]);
}

describe.each(PLACES)('who is there, at $name on $platform', ({ platform, name }) => {
  let booted: BootedApp;
  let login: LoginRoute;
  const boot = async (passwords?: MfaValues['passwords']) => {
    booted = await bootApp({ platform, ...BEHIND_PROXY, mfa: { passwords } });
    login = await loginRoute(booted, name);
    await enrolledByRow(booted, 'bob');
  };
  afterEach(() => booted.close());

  /** All answers to wrong passwords for a name, while time passes. */
  async function answersFor(username: string, address: (index: number) => string, pauses: number[]): Promise<string[]> {
    const answers: string[] = [];
    const start = booted.clock.now().getTime();
    for (const [index, pause] of pauses.entries()) {
      booted.clock.advance(pause);
      const guess = login.request(username, { password: `guess-${index}` });
      answers.push(seen(await sent(booted, from(address(index), guess))));
    }
    booted.clock.advance((start - booted.clock.now().getTime()) / 1000);
    return answers;
  }

  it('[L-04] cannot be told from when a name is slowed, and for how long, from one network', async () => {
    await boot();
    const pauses = [...Array.from({ length: 13 }, () => 0), 30, 29.999, 0.001, 0, 125, 0, 0];
    const sequences: string[][] = [];
    for (const [index, username] of NAMES.entries()) {
      sequences.push(await answersFor(username, () => addressIn(index), pauses));
    }
    const statuses = sequences[0]!.map((answer) => (JSON.parse(answer) as [number])[0]);
    expect(statuses.filter((status) => status === 429)).toHaveLength(7);
    expect(sequences.map((answers) => answers.join('\n'))).toEqual(NAMES.map(() => sequences[0]!.join('\n')));
  });

  it('[L-04] cannot be told from it from many networks either', async () => {
    await boot({ perUser: 10 });
    const pauses = [...Array.from({ length: 12 }, () => 0), 359.999, 0.001, 0];
    const sequences = new Set<string>();
    for (const username of ['bob', 'nobody']) {
      sequences.add((await answersFor(username, (index) => addressIn(index), pauses)).join('\n'));
    }
    expect(sequences.size).toBe(1);
    expect([...sequences].join('').match(/^\[429/gm)).toHaveLength(4);
  });

  it('[L-04] cannot be told by the right password once a name is slowed', async () => {
    await boot();
    for (const username of ['bob', 'nobody']) {
      for (let index = 0; index < 10; index++) {
        await sent(booted, from(addressIn(7), login.request(username, { password: 'guess' })));
      }
    }
    const answers = await Promise.all(
      ['bob', 'nobody'].flatMap((username) =>
        ['bob-password', 'guess'].map(async (password) =>
          seen(await sent(booted, from(addressIn(7), login.request(username, { password })))),
        ),
      ),
    );
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain('Too many attempts');
  });
});
