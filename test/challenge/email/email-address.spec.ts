import { describe, expect, it } from 'vitest';
import { addressOf, mailboxOf } from '../../../src/challenge/email/email-address.js';

describe('an address', () => {
  it.each([
    ['bob@example.com', 'bob@example.com'],
    ['Bob.Smith@EXAMPLE.Com', 'Bob.Smith@example.com'],
    ['bob+mfa@example.com', 'bob+mfa@example.com'],
    ['bob@bücher.example', 'bob@xn--bcher-kva.example'],
    ['bob@BÜCHER.example', 'bob@xn--bcher-kva.example'],
    ['bob@xn--bcher-kva.example', 'bob@xn--bcher-kva.example'],
    ['bob@ｅxample.com', 'bob@example.com'],
    ['bob@exa\u00admple.com', 'bob@example.com'],
    [`o'neil!#$%&*/=?^_{|}~-@example.com`, `o'neil!#$%&*/=?^_{|}~-@example.com`],
  ])('is kept as mail is sent to it: %s', (text, address) => {
    expect(addressOf(text)).toBe(address);
  });

  it.each([
    '"bob"@example.com',
    'bob@',
    '@example.com',
    'bob',
    'böb@example.com',
    'bob@１２７.0.0.1',
    'bob@exa%00mple.com',
    'bob@a b.example',
  ])('is refused where it is none: %s', (text) => {
    expect(addressOf(text)).toBeUndefined();
  });
});

describe('the mailbox of an address', () => {
  it.each([
    ['Bob@example.com', 'bob@example.com'],
    ['bob+one@example.com', 'bob@example.com'],
    ['bob+one+two@example.com', 'bob@example.com'],
    ['+bob@example.com', '+bob@example.com'],
    ['b.ob@example.com', 'b.ob@example.com'],
    ['B.o.b+x@GMail.com', 'bob@gmail.com'],
    ['bob@googlemail.com', 'bob@gmail.com'],
    ['bob@constructor', 'bob@constructor'],
  ])('of %s counts as %s', (address, mailbox) => {
    expect(mailboxOf(address)).toBe(mailbox);
  });
});
