import { describe, expect, it } from 'vitest';
import {
  BackupCodeOptions,
  Challenge,
  type CodeSecret,
  codeFor,
  generateKey,
  MfaChallenge,
  type Moment,
  PhoneNumbers,
  readCode,
  SmsChallenge,
  SmsOptions,
  SmsRequest,
  spendCode,
  TotpChallenge,
  type Verdict,
  Words,
} from '../../src/index.js';
import { BackupCodes } from '../../src/challenge/recovery/backup-codes.js';
import { EventTeller } from '../../src/core/events.js';
import {
  type AskedProof,
  describeChallengeContract,
  Inbox,
  TestClock,
  VirtualAuthenticatorApp,
} from '../../src/testing.js';
import { BadgeChallenge, type BadgeState, signed } from '../challenge/badge-challenge.js';
import { brokenRules } from '../support/broken-rules.js';
import { PagerChallenge } from '../support/pager-challenge.js';
import { Pagers } from '../support/pagers.js';

const runner = { describe, it };
const inbox = new Inbox();

describeChallengeContract('SmsChallenge', {
  ...runner,
  challenge: () => new SmsChallenge(inbox.sms, new Words(), new PhoneNumbers(), new EventTeller([]), new SmsOptions()),
  requests: [{ phone_number: '14085550101' }, { phone_number: '14085550102' }],
  prove: () => inbox.code(),
  wrong: '000000',
});

describeChallengeContract('TotpChallenge', {
  ...runner,
  challenge: () => new TotpChallenge({ issuer: 'Example Bank' }),
  requests: [{}, {}],
  prove: ({ shown, now }) =>
    new VirtualAuthenticatorApp((shown as { otpauth_uri: string }).otpauth_uri, new TestClock(now)).code(),
  wrong: '000000',
});

describeChallengeContract('BackupCodes', {
  ...runner,
  challenge: () => new BackupCodes(Object.assign(new BackupCodeOptions(), { count: 2 })),
  requests: [{}, {}],
  prove: ({ shown }) => (shown as { codes: string[] }).codes[1],
  wrong: 'ZZZZ-ZZZZ-ZZZZ',
});

const pagers = new Pagers();
describeChallengeContract('a challenge of an application with codes', {
  ...runner,
  challenge: () => new PagerChallenge(pagers),
  requests: [{ pager_id: 'P0001' }, { pager_id: 'P0002' }],
  prove: () => pagers.pages.at(-1)!.code,
  wrong: '000000',
});

describeChallengeContract('a challenge of an application with JSON, a phase and several factors', {
  ...runner,
  challenge: () => new BadgeChallenge(),
  requests: [
    { badge: 'B0001', secret: 'a secret of some length, one' },
    { badge: 'B0002', secret: 'a secret of some length, two' },
  ],
  prove: ({ state, options }: AskedProof<BadgeState>) => {
    const [badge, uses] = [state.badge, state.uses + 1];
    return { badge, uses, signature: signed(state, (options as { nonce: string }).nonce, uses) };
  },
  wrong: { badge: 'B0001', uses: 9, signature: 'x' },
});

type MailState = CodeSecret & { to: string; seen?: Date };

@MfaChallenge({ type: 'mail', request: SmsRequest })
class MailChallenge extends Challenge<MailState, string, undefined, { to: string }> {
  enrol({ to }: { to: string }): { state: MailState; hint: string } {
    return { state: { to, ...generateKey() }, hint: to };
  }

  override async begin([state]: readonly MailState[], moment: Moment) {
    const { to } = state!;
    const text = await codeFor(state!, to, moment);
    return { message: { destination: to, send: () => inbox.capture(() => ({ to, text }))() } };
  }

  read(raw: unknown, moment: Moment): string | undefined {
    return readCode(raw, moment);
  }

  verify(state: MailState, code: string, moment: Moment): Promise<Verdict<MailState>> {
    return spendCode(state, state.to, code, moment);
  }
}

/** The rules of the contract that a challenge breaks. */
function broken(challenge: MailChallenge): Promise<string> {
  return brokenRules((given) =>
    describeChallengeContract('broken', {
      ...given,
      challenge: () => challenge,
      requests: [{ to: 'ada@example.com' }, { to: 'bob@example.com' }],
      prove: () => inbox.code(),
      wrong: '000000',
    }),
  );
}

describe('the contract of a challenge', () => {
  it('takes one that keeps it', async () => {
    expect(await broken(new MailChallenge())).toBe('');
  });

  it.each<[string, string, Partial<MailChallenge>]>([
    [
      'works twice',
      'takes a proof once',
      {
        verify: async (state, code, moment) => {
          const verdict = await spendCode(state, state.to, code, moment);
          return verdict.kind === 'right' ? { kind: 'right', state } : verdict;
        },
      },
    ],
    ['is right whatever comes', 'refuses a wrong proof', { verify: async (state) => ({ kind: 'right', state }) }],
    [
      'is for every purpose',
      'for another purpose',
      {
        begin: async ([state], moment) => {
          const text = await codeFor(state!, 'x', { ...moment, purpose: 'login' });
          return { message: { destination: 'x', send: () => inbox.capture(() => ({ to: 'x', text }))() } };
        },
        verify: (state, code, moment) => spendCode(state, 'x', code, { ...moment, purpose: 'login' }),
      },
    ],
    ['trusts the type of what it reads', 'reads no proof', { read: (raw) => (raw as string).trim() }],
    [
      'keeps a Date',
      'a state in JSON',
      {
        enrol: ({ to }) => ({ state: { to, ...generateKey(), seen: new Date(0) }, hint: to }),
      },
    ],
    [
      'counts in the state that it is given',
      'changes no state',
      {
        verify: async (state, code, moment) => {
          const verdict = await spendCode(state, state.to, code, moment);
          state.spent += 1;
          return verdict;
        },
      },
    ],
    ['takes two factors for one', 'finds the factor', { same: () => true }],
  ])('notices one that %s', async (_, rule, wrong) => {
    expect(await broken(Object.assign(new MailChallenge(), wrong))).toContain(rule);
  });

  it('says what it needs where there are no global functions', () => {
    const contract = {
      challenge: () => new MailChallenge(),
      requests: [{ to: 'a' }, { to: 'b' }],
      prove: () => '',
      wrong: '',
    };
    expect(() => describeChallengeContract('one', contract as never)).toThrow('pass `describe` and `it`');
  });
});
