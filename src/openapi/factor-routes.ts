import type { ChallengeMetadata } from '../challenge/challenge.js';
import { VerifyBody } from '../enrolment/challenge.controller.js';
import { FactorChangeBody, NewFactorBody } from '../enrolment/factor-body.js';
import { issued, shown } from './answer-schemas.js';
import { ref } from './component.js';
import type { Schema } from './document.js';
import type { Facts } from './facts.js';
import { oneProof } from './proof-bodies.js';
import type { Refusal } from './refusals.js';
import { classSchema, requestSchema } from './request-schema.js';
import { PROOF, type RouteTable } from './route-description.js';
import { ANY_OBJECT, says } from './shape.js';

/** A change of factors needs a recent proof, and a row that is not locked. */
const MANAGEMENT: readonly Refusal[] = ['insufficient_user_authentication', 'locked'];

/** The refusals of a request for a factor. */
const REQUEST: readonly Refusal[] = [
  'mfa_enabled',
  ...MANAGEMENT,
  'invalid_phone_number',
  'sms_send_failed',
  'phone_number_not_set',
  'challenge_failed',
  ['challenge_failed', 503],
];

/** Returns what the routes of factors take and answer. */
export function factorRoutes(facts: Facts): RouteTable {
  const ofTypes = facts.challenges.map((challenge) => typeRoutes(challenge, facts));
  return Object.assign({}, listRoutes(facts), oneFactorRoutes(facts), ...ofTypes) as RouteTable;
}

function listRoutes(facts: Facts): RouteTable {
  return {
    'GET factors': {
      id: 'mfaFactors',
      summary: 'List the factors',
      answer: { type: 'array', items: ref('MfaFactor') },
    },
    'POST factors': {
      id: 'mfaAddFactor',
      summary: 'Begin to add a factor',
      body: newFactor(facts),
      answer: shown(ref('MfaFactor')),
      refusals: ['too_many_factors', 'method_not_available', ...REQUEST],
    },
  };
}

function oneFactorRoutes(facts: Facts): RouteTable {
  return {
    'POST factors/:id/verify': {
      id: 'mfaConfirmFactor',
      summary: 'Confirm a factor with a proof',
      body: oneProof(facts),
      answer: renewed(ref('MfaFactor'), facts),
      refusals: ['too_many_factors', ...MANAGEMENT, ...PROOF],
    },
    'PATCH factors/:id': {
      id: 'mfaChangeFactor',
      summary: 'Rename a factor, or make it the one that login asks for',
      body: classSchema(FactorChangeBody),
      answer: signalled(ref('MfaFactor'), facts),
      refusals: ['mfa_disabled', 'method_not_available', ...MANAGEMENT],
    },
    'DELETE factors/:id': {
      id: 'mfaRemoveFactor',
      summary: 'Remove a factor. After the last one, MFA is off',
      ...((facts.isOwn || hasPasskeys(facts)) && { answer: signalled(renewed(ANY_OBJECT, facts), facts) }),
      refusals: ['mfa_disabled', 'method_not_available', ...MANAGEMENT],
    },
  };
}

function typeRoutes({ type, request }: ChallengeMetadata, facts: Facts): RouteTable {
  const name = nameOf(type);
  return {
    [`PUT ${type}/request`]: {
      id: `mfaRequest${name}`,
      summary: `Begin to turn MFA on with ${type}`,
      body: requestSchema(request, facts),
      answer: shown(ref('MfaStatus')),
      refusals: REQUEST,
    },
    [`PUT ${type}/verify`]: {
      id: `mfaConfirm${name}`,
      summary: `Turn MFA on with the code of ${type}`,
      body: classSchema(VerifyBody),
      answer: renewed(ref('MfaStatus'), facts),
      refusals: ['mfa_enabled', ...PROOF],
    },
  };
}

/** A body of one of the challenges, with the type and the name of the factor. */
function newFactor(facts: Facts): Schema {
  const { properties, required } = classSchema(NewFactorBody);
  return {
    oneOf: facts.challenges.map(({ type, request }) => {
      const head = { ...properties, type: { type: 'string', enum: [type] } } as const;
      const own = requestSchema(request, facts);
      return {
        type: 'object',
        properties: { ...own.properties, ...head },
        required: [...new Set([...(required ?? []), ...(own.required ?? [])])],
      };
    }),
  };
}

// A page passes this to the user's authenticators after a removal or a new name.
function signalled(schema: Schema, facts: Facts): Schema {
  if (!hasPasskeys(facts)) return schema;
  const signal = says(
    'For `PublicKeyCredential.signalAllAcceptedCredentials`, after a change of a passkey.',
    ANY_OBJECT,
  );
  return { allOf: [schema, { type: 'object', properties: { signal } }] };
}

function hasPasskeys({ challenges }: Facts): boolean {
  return challenges.some(({ input }) => input === 'webauthn');
}

function renewed(schema: Schema, { isOwn }: Facts): Schema {
  return isOwn ? issued(schema) : schema;
}

// `hardware-key` → `HardwareKey`
function nameOf(type: string): string {
  return type.replace(/(?:^|-)(.)/g, (_, letter: string) => letter.toUpperCase());
}
