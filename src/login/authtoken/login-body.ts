import { IsString, Matches, MaxLength, ValidateIf } from 'class-validator';
import { bodyReader } from '../../http/body.js';

/**
 * A text that people type: not blank, and without NUL, which PostgreSQL refuses. The two are looked for apart, because one
 * pattern that finds a letter among anything tries again from each letter: 90 kB would hold the process up for seconds.
 */
const TYPED = /^(?=\s*\S)[^\0]*$/s;

/** Absent, and only absent: `@IsOptional()` would let `null` pass for a code that was not given. */
const IfGiven = () => ValidateIf((_, value) => value !== undefined);

/** The body of `/mfa/authtoken/login/`. Deux: `MFAAuthTokenSerializer`. */
export class LoginBody {
  @IsString() @MaxLength(254) @Matches(TYPED, { message: 'username must not be blank' }) username!: string;

  @IsString() @MaxLength(1024) @Matches(TYPED, { message: 'password must not be blank' }) password!: string;

  @IfGiven() @IsString() @Matches(TYPED, { message: 'mfa_code must not be blank' }) mfa_code?: string;

  @IfGiven() @IsString() @Matches(TYPED, { message: 'backup_code must not be blank' }) backup_code?: string;
}

const readLoginBody = bodyReader(LoginBody);

/** The parts of a request that a login needs. */
export interface LoginRequest {
  body: unknown;
  headers: Record<string, string | string[] | undefined>;
}

/** Reads a login. In a form, a blank code counts as absent. @throws {MfaError} */
export function readLogin({ body, headers }: LoginRequest): LoginBody {
  const isForm = /^application\/x-www-form-urlencoded/i.test(String(headers['content-type'] ?? ''));
  return readLoginBody(isForm ? withoutBlankCodes(body) : body);
}

function withoutBlankCodes(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return body;
  return Object.fromEntries(Object.entries(body).filter(([name, value]) => value !== '' || !name.endsWith('_code')));
}
