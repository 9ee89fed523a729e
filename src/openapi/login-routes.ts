import { LoginBody } from '../login/authtoken/login-body.js';
import { ref } from './component.js';
import type { Facts } from './facts.js';
import { chosenMethod, methodProof, passkeyProof } from './proof-bodies.js';
import type { Refusal } from './refusals.js';
import { classSchema } from './request-schema.js';
import { CEREMONY, PROOF, type RouteTable } from './route-description.js';

/** The answers of a login, including the one while the user has not answered a push notification. */
const OUTCOME = { oneOf: [ref('MfaSignedIn'), ref('MfaRequired')] };

const SECOND: readonly Refusal[] = ['invalid_credentials', 'invalid_backup_code', ...PROOF, ...CEREMONY];

const PASSKEY_ALONE: RouteTable = {
  'POST login/passkey/challenge': {
    id: 'mfaPasskeyChallenge',
    summary: 'Begin to sign in with a passkey alone',
    answer: ref('MfaChosen'),
  },
  'POST login/passkey/verify': {
    id: 'mfaPasskeyVerify',
    summary: 'Sign in with what a passkey has signed',
    body: passkeyProof(),
    answer: ref('MfaSignedIn'),
    refusals: ['invalid_mfa_token', 'invalid_mfa_code', 'locked'],
  },
};

/** Returns what the routes of a login take and answer. */
export function loginRoutes(facts: Facts): RouteTable {
  const login = {
    summary: 'Sign in with a password',
    body: classSchema(LoginBody),
    answer: OUTCOME,
    refusals: ['both_codes', 'mfa_token_required', ...SECOND],
  } as const;
  return {
    'POST authtoken/login': { ...login, id: 'mfaLogin' },
    'PUT authtoken/login': { ...login, id: 'mfaLoginByPut' },
    'POST login/challenge': {
      id: 'mfaLoginChallenge',
      summary: 'Choose a method of a pending login, or ask for another message',
      body: chosenMethod(),
      answer: ref('MfaChosen'),
      refusals: ['invalid_mfa_token', 'method_not_available', 'invalid_credentials', 'locked', ...CEREMONY],
    },
    ...PASSKEY_ALONE,
    'POST login/verify': {
      id: 'mfaLoginVerify',
      summary: 'Finish a pending login with a proof',
      body: methodProof(facts),
      answer: OUTCOME,
      refusals: ['invalid_mfa_token', 'method_not_available', ...SECOND],
    },
  };
}
