import { describe, expect, it } from 'vitest';
import { InvalidPhoneNumberError, type SmsMessage } from '../../src/index.js';
import { Inbox } from '../../src/testing.js';

const sms = (phoneNumber: string, code: string): SmsMessage => {
  return { phoneNumber, code, text: `Your code: ${code}`, userId: '1', signal: AbortSignal.abort() };
};

describe('an inbox', () => {
  it('keeps what is sent by SMS, and finds the last message to a phone', async () => {
    const inbox = new Inbox();
    await inbox.sms.send(sms('14085550101', '111111'));
    await inbox.sms.send(sms('14085550102', '222222'));
    expect(inbox.messages).toEqual([
      { to: '14085550101', text: 'Your code: 111111', code: '111111' },
      { to: '14085550102', text: 'Your code: 222222', code: '222222' },
    ]);
    expect([inbox.code(), inbox.code('14085550101')]).toEqual(['222222', '111111']);
  });

  it('keeps what any other sender sends, and reads the code in its text', async () => {
    const inbox = new Inbox();
    const send = inbox.capture((to: string, subject: string) => ({ to, text: subject }));
    await send('ada@example.com', 'Order 123: 918273 is your code.');
    expect([inbox.last().to, inbox.code('ada@example.com')]).toEqual(['ada@example.com', '918273']);
    await send('ada@example.com', 'Welcome to 12345678901');
    expect(() => inbox.code()).toThrow('there is no code in the text: Welcome to 12345678901');
  });

  it('says that nothing was sent', () => {
    expect(() => new Inbox().last()).toThrow('no message was sent');
    expect(() => new Inbox().code('14085550101')).toThrow('no message to 14085550101 was sent');
  });

  it('refuses each message while it has a failure', async () => {
    const inbox = new Inbox();
    inbox.failure = new InvalidPhoneNumberError();
    await expect(inbox.sms.send(sms('14085550101', '111111'))).rejects.toBe(inbox.failure);
    inbox.failure = undefined;
    await inbox.sms.send(sms('14085550101', '111111'));
    expect(inbox.messages).toHaveLength(1);
  });
});
