import { isEmail } from 'class-validator';
import { domainToASCII } from 'node:url';

const IN_ASCII = { allow_utf8_local_part: false };

/** Google's domains: their mailboxes are the same in both, and with and without dots. */
const GMAIL = ['gmail.com', 'googlemail.com'];

/**
 * Returns an address as mail is sent to it, with its domain in lower case and in ASCII, or undefined if the text is not one plain address.
 * A quoted one may hold anything, e.g. a second address.
 */
export function addressOf(text: string): string | undefined {
  const at = text.lastIndexOf('@');
  const address = `${text.slice(0, at)}@${domainToASCII(text.slice(at + 1))}`;
  return !text.includes('"') && isEmail(address, IN_ASCII) ? address : undefined;
}

/**
 * Returns the mailbox of an address, for counting. Most servers ignore case and what follows a plus (RFC 5233), so one mailbox has endless
 * addresses, which would have limits of their own.
 */
export function mailboxOf(address: string): string {
  const [name = '', domain = ''] = address.toLowerCase().split('@');
  const user = name.replace(/(?<=.)\+.*$/, '');
  return GMAIL.includes(domain) ? `${user.replaceAll('.', '')}@${GMAIL[0]}` : `${user}@${domain}`;
}
