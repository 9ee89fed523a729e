import { RECOVERY } from '../../verification/methods.js';
import type { SecondFactor } from '../given-proofs.js';
import { missingParameter, type TokenParameters } from './oauth-request.js';

/** A grant type, and the proof that its requests hold. */
type MfaGrants = Record<string, (parameters: TokenParameters) => SecondFactor>;

/** The grants that Auth0's clients use for the second half of a login. */
export const MFA_GRANTS: MfaGrants = {
  'http://auth0.com/oauth/grant-type/mfa-otp': ({ otp }) => ({ mfaCode: required('otp', otp), isUnsent: true }),
  'http://auth0.com/oauth/grant-type/mfa-oob': ({ oob_code, binding_code }) => ({
    method: required('oob_code', oob_code),
    mfaCode: required('binding_code', binding_code),
  }),
  'http://auth0.com/oauth/grant-type/mfa-recovery-code': ({ recovery_code }) => ({
    method: RECOVERY,
    mfaCode: required('recovery_code', recovery_code),
  }),
};

/** Returns a parameter's value. @throws {OAuthRefusal} without one */
export function required<T>(name: string, value: T | undefined): T {
  if (value === undefined) throw missingParameter(name);
  return value;
}
