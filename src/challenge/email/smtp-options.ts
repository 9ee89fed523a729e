import { Misconfiguration } from '../../core/misconfiguration.js';
import { checkKind } from '../../core/option-kinds.js';
import { definedOnly, refuseUnknownNames } from '../../core/options.js';

/** An SMTP server. */
export interface SmtpOptions {
  /** The name of the server: `smtp.example.com`. */
  host: string;
  /** Default: 465 if `secure`, otherwise 587. */
  port?: number;
  /** True if the server speaks TLS from the first byte, as on port 465. Default: false, and STARTTLS. */
  secure?: boolean;
  /** The user name for the server. Without it, mails are sent without signing in. */
  user?: string;
  /** The password of `user`. */
  password?: string;
  /**
   * False also sends without TLS, and anyone on the network can read the codes. Default: true, except for this machine.
   */
  requireTls?: boolean;
}

const NAMES: readonly (keyof SmtpOptions)[] = ['host', 'port', 'secure', 'user', 'password', 'requireTls'];

const EXAMPLE = "e.g. email: { smtp: 'smtps://user:password@smtp.example.com' }";

const THIS_MACHINE = ['localhost', '127.0.0.1', '::1'];

/** Returns the parts of a server, with the defaults. @throws {Misconfiguration} */
export function smtpOptionsOf(smtp: string | SmtpOptions): SmtpOptions {
  const options = typeof smtp === 'string' ? parsed(smtp) : smtp;
  refuseUnknownNames('email.smtp', options, NAMES);
  const { host, port, ...rest } = definedOnly<SmtpOptions>(options);
  checkKind('email.smtp.host', host, 'a text', "'smtp.example.com'");
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536)) {
    throw new Misconfiguration(`\`email.smtp.port\` must be the number of a port, e.g. port: 587.`);
  }
  checkKinds(rest);
  const { secure = false, requireTls = !THIS_MACHINE.includes(host!) } = rest;
  return { ...rest, host: host!, secure, requireTls, port: port ?? (secure ? 465 : 587) };
}

function checkKinds({ secure, requireTls, user, password }: Omit<SmtpOptions, 'host'>): void {
  for (const [name, value] of Object.entries({ secure, requireTls }))
    if (value !== undefined) checkKind(`email.smtp.${name}`, value, 'true or false', 'true');
  for (const [name, value] of Object.entries({ user, password }))
    if (value !== undefined) checkKind(`email.smtp.${name}`, value, 'a text', `process.env.SMTP_${name.toUpperCase()}`);
}

// The message does not quote the URL, because it has the password.
function parsed(text: string): SmtpOptions {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url?.hostname || !['smtp:', 'smtps:'].includes(url.protocol) || !isDecodable(url.username + url.password)) {
    throw new Misconfiguration(`\`email.smtp\` must be a URL that begins with smtps:// or smtp://, ${EXAMPLE}.`);
  }
  if (url.search || url.hash || !/^\/?$/.test(url.pathname)) {
    throw new Misconfiguration(
      "`email.smtp` takes no options in its URL, e.g. email: { smtp: { host: 'smtp.example.com', requireTls: true } }.",
    );
  }
  const { hostname, protocol, port, username, password } = url;
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    secure: protocol === 'smtps:',
    ...(port && { port: Number(port) }),
    ...(username && { user: decodeURIComponent(username) }),
    ...(password && { password: decodeURIComponent(password) }),
  };
}

function isDecodable(text: string): boolean {
  return !/%(?![0-9a-f]{2})/i.test(text);
}
