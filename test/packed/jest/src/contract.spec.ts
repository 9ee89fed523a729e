import {
  Challenge,
  type CodeSecret,
  codeFor,
  generateKey,
  MfaChallenge,
  type Moment,
  readCode,
  SmsRequest,
  spendCode,
} from 'nestjs-mfa';
import { describeChallengeContract, Inbox } from 'nestjs-mfa/testing';

type MailState = CodeSecret & { to: string };

const inbox = new Inbox();
const mail = { send: inbox.capture((to: string, text: string) => ({ to, text })) };

@MfaChallenge({ type: 'mail', request: SmsRequest })
class MailChallenge extends Challenge<MailState, string, undefined, { to: string }> {
  enrol({ to }: { to: string }) {
    return { state: { to, ...generateKey() }, hint: to };
  }

  async begin([state]: readonly MailState[], moment: Moment) {
    const code = await codeFor(state, state.to, moment);
    return { message: { destination: state.to, send: () => mail.send(state.to, `Your code: ${code}`) } };
  }

  read(raw: unknown, moment: Moment) {
    return readCode(raw, moment);
  }

  verify(state: MailState, code: string, moment: Moment) {
    return spendCode(state, state.to, code, moment);
  }
}

// With Jest's own functions.
describeChallengeContract('MailChallenge', {
  challenge: () => new MailChallenge(),
  requests: [{ to: 'ada@example.com' }, { to: 'bob@example.com' }],
  prove: () => inbox.code(),
  wrong: '000000',
});
