import { STATUS_CODES } from 'node:http';
import { MFA_GRANTS } from '../login/oauth2/mfa-grant-types.js';
import type { OAuthGrant } from '../login/oauth2/oauth-clients.js';
import { PARAMETERS, PROOFS } from '../login/oauth2/oauth-request.js';
import { ref } from './component.js';
import type { Answer, Content, Schema } from './document.js';
import type { Facts } from './facts.js';
import { refusalHeaders } from './refusals.js';
import type { RouteTable } from './route-description.js';
import { ANY_OBJECT, COUNT, listOf, says, shape, TEXT } from './shape.js';

const GRANTS: Record<OAuthGrant, true> = { password: true, refresh_token: true, client_credentials: true };

/** The fields with which a client authenticates if it does not use Basic. */
const CLIENT = { client_id: TEXT, client_secret: TEXT };

/** The codes of RFC 6749 §5.2 and the module's, by status. */
const ERRORS: Record<number, readonly string[]> = {
  400: ['invalid_request', 'invalid_grant', 'invalid_scope', 'unauthorized_client', 'unsupported_grant_type'],
  401: ['invalid_client'],
  413: ['invalid_request'],
  415: ['invalid_request'],
  429: ['temporarily_unavailable'],
  500: ['server_error'],
  503: ['temporarily_unavailable'],
};

/** Returns what the OAuth2 routes take and answer. */
export function oauthRoutes(facts: Facts): RouteTable {
  const isStrict = facts.oauthErrors === 'rfc6749';
  return {
    'POST oauth2/token': {
      id: 'mfaToken',
      summary: 'Get tokens (RFC 6749)',
      content: form({ ...grantParameters(), ...CLIENT }, 'grant_type'),
      answer: isStrict ? ref('MfaTokens') : { oneOf: [ref('MfaTokens'), ref('MfaRequired')] },
      errors: errors(facts, isStrict ? ['mfa_required'] : []),
    },
    'POST oauth2/revoke_token': {
      id: 'mfaRevokeToken',
      summary: 'End a session by one of its tokens (RFC 7009)',
      content: form({ token: TEXT, token_type_hint: TEXT, ...CLIENT }, 'token'),
      answer: ANY_OBJECT,
      errors: errors(facts),
    },
  };
}

/** Returns the body of an error of OAuth2. */
export function oauthErrorSchema({ isDeux }: Facts): Schema {
  if (isDeux) return says('As Deux answers errors: `error`, or `detail`.', ANY_OBJECT);
  const { properties } = shape<{ error: string; error_description: string }>({ error: TEXT, error_description: TEXT });
  const more = {
    mfa_token: says('To go on with a second factor.', TEXT),
    mfa_type: TEXT,
    expires_in: says('Seconds for which the `mfa_token` can be used.', COUNT),
    mfa_methods: listOf(ref('MfaMethod')),
    challenge: ref('MfaChallenge'),
    open_methods: listOf(TEXT),
  };
  return { type: 'object', properties: { ...properties, ...more }, required: ['error', 'error_description'] };
}

function grantParameters(): Record<string, Schema> {
  const texts = Object.fromEntries([...PARAMETERS, ...PROOFS].map((name) => [name, TEXT]));
  return { ...texts, grant_type: { type: 'string', enum: [...Object.keys(GRANTS), ...Object.keys(MFA_GRANTS)] } };
}

function form(properties: Record<string, Schema>, required: string): Content {
  return { 'application/x-www-form-urlencoded': { schema: { type: 'object', properties, required: [required] } } };
}

function errors({ isDeux }: Facts, more: string[] = []): Record<string, Answer> {
  const answers = Object.entries(ERRORS).map(([status, codes]) => {
    const named = { type: 'string', enum: status === '400' ? [...codes, ...more] : codes } as const;
    const schema = isDeux
      ? ref('MfaOAuthError')
      : { allOf: [ref('MfaOAuthError'), { type: 'object', properties: { error: named } } as const] };
    return [
      status,
      {
        description: STATUS_CODES[status]!,
        ...refusalHeaders(Number(status)),
        content: { 'application/json': { schema } },
      },
    ];
  });
  return Object.fromEntries(answers) as Record<string, Answer>;
}
