import { bodyReader, isForm, IsProof } from '../../http/body.js';
import { CredentialFields } from '../credential-fields.js';

/** The body of `/mfa/authtoken/login/`. Deux: `MFAAuthTokenSerializer`. */
export class LoginBody extends CredentialFields {
  @IsProof() mfa_code?: unknown;
  @IsProof() backup_code?: unknown;
}

const readLoginBody = bodyReader(LoginBody);

/** The parts of a request that a login needs. */
export interface LoginRequest {
  body: unknown;
  headers: Record<string, string | string[] | undefined>;
}

/** Reads a login. In a form, a blank code counts as absent. @throws {MfaError} */
export function readLogin({ body, headers }: LoginRequest): LoginBody {
  return readLoginBody(isForm(headers) ? withoutBlankCodes(body) : body);
}

function withoutBlankCodes(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return body;
  return Object.fromEntries(Object.entries(body).filter(([name, value]) => value !== '' || !name.endsWith('_code')));
}
