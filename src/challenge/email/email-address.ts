import { isEmail } from 'class-validator';
import { domainToASCII } from 'node:url';

const IN_ASCII = { allow_utf8_local_part: false };

/** Google's domains: a name is the same mailbox in both, with and without dots. */
const GMAIL = ['gmail.com', 'googlemail.com'];

/**
 * Returns the address for sending, with its domain in lower case and in ASCII. Returns undefined if the text is not one
 * plain address. Quotes are refused, because a quoted name may hold anything, e.g. a second address.
 */
export function addressOf(text: string): string | undefined {
  const at = text.lastIndexOf('@');
  const address = `${text.slice(0, at)}@${domainToASCII(text.slice(at + 1))}`;
  return !text.includes('"') && isEmail(address, IN_ASCII) ? address : undefined;
}

/**
 * Returns the mailbox of an address, for the limits. Most servers ignore case and the part after a plus (RFC 5233), so
 * one mailbox has endless addresses. Each of them would get its own limit.
 */
export function mailboxOf(address: string): string {
  const [name = '', domain = ''] = address.toLowerCase().split('@');
  const user = name.replace(/(?<=.)\+.*$/, '');
  return GMAIL.includes(domain) ? `${user.replaceAll('.', '')}@${GMAIL[0]}` : `${user}@${domain}`;
}
