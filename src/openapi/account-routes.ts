import { StepUpBody } from '../step-up/step-up.controller.js';
import { issued, NEW_CODES } from './answer-schemas.js';
import { ref } from './component.js';
import type { Facts } from './facts.js';
import { chosenMethod, methodProof } from './proof-bodies.js';
import { classSchema } from './request-schema.js';
import { CEREMONY, PROOF, type RouteTable } from './route-description.js';
import { ANY_OBJECT, optional, shape, TEXT } from './shape.js';

/** Returns what the routes of a signed-in user's session and status take and answer. */
export function accountRoutes(facts: Facts): RouteTable {
  return { ...statusRoutes(facts), ...stepUpRoutes(facts) };
}

function statusRoutes({ isOwn }: Facts): RouteTable {
  return {
    'GET ': { id: 'mfaStatus', summary: 'Whether MFA is on', answer: ref('MfaStatus') },
    'DELETE ': {
      id: 'mfaDisable',
      summary: 'Turn MFA off',
      ...(isOwn && { answer: issued(ANY_OBJECT) }),
      refusals: ['mfa_disabled', 'insufficient_user_authentication', 'locked'],
    },
    'GET recovery': {
      id: 'mfaNewRecoveryCodes',
      summary: 'Get new recovery codes in place of the old ones',
      answer: NEW_CODES,
      refusals: ['mfa_disabled', 'insufficient_user_authentication', 'cross_site', 'conflict', 'locked'],
    },
    'POST logout': { id: 'mfaLogout', summary: 'End the session' },
  };
}

function stepUpRoutes(facts: Facts): RouteTable {
  const done = shape<{ mfa_required: boolean; mfa_type?: string }>({
    mfa_required: { type: 'boolean' },
    mfa_type: optional(TEXT),
  });
  const proven = facts.isOwn ? issued(done) : done;
  return {
    'POST step-up': {
      id: 'mfaStepUp',
      summary: 'Begin a step-up, or prove the default factor again with `mfa_code`',
      body: classSchema(StepUpBody),
      answer: { anyOf: [ref('MfaRequired'), proven] },
      refusals: ['mfa_disabled', ...PROOF, ...CEREMONY],
    },
    'POST step-up/challenge': {
      id: 'mfaStepUpChallenge',
      summary: 'Choose a method of a step-up, or ask for another message',
      body: chosenMethod(),
      answer: ref('MfaChosen'),
      refusals: ['mfa_disabled', 'invalid_mfa_token', 'method_not_available', 'locked', ...CEREMONY],
    },
    'POST step-up/verify': {
      id: 'mfaStepUpVerify',
      summary: 'Finish a step-up with a proof',
      body: methodProof(facts),
      answer: proven,
      refusals: ['mfa_disabled', 'invalid_mfa_token', 'method_not_available', ...PROOF],
    },
  };
}
