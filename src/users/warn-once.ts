import { Logger } from '@nestjs/common';

const warned = new Set<string>();

/** Logs once that the directory returns users in the wrong form, which refuses their logins. */
export function warnOnce(what: string, expected: string): void {
  if (warned.has(what)) return;
  warned.add(what);
  new Logger('MfaModule').warn(`${what}, not ${expected}: such users are refused. See DirectoryUser.`);
}
