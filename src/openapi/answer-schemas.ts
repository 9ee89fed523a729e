import type { MfaStatus } from '../enrolment/mfa-status.js';
import type { ShownFactor } from '../enrolment/shown-factor.js';
import type { TokenAnswer } from '../login/oauth2/token-endpoint.js';
import type { RemainingCodes } from '../login/remaining-codes.js';
import type { ComponentName } from './component.js';
import type { Schema } from './document.js';
import type { Facts } from './facts.js';
import { ANY_OBJECT, COUNT, FALSE, listOf, MOMENT, optional, says, shape, TEXT, TRUE } from './shape.js';

const REMAINING = optional(says('Recovery codes that are left, after one was used.', COUNT));

/** Returns the other answers that several routes have. */
export function answerSchemas(facts: Facts): Partial<Record<ComponentName, Schema>> {
  return {
    MfaStatus: shape<MfaStatus>({ enabled: { type: 'boolean' }, challenge_type: TEXT, phone_number: TEXT }),
    MfaFactor: shape<ShownFactor>({
      id: TEXT,
      type: TEXT,
      name: optional(says('What its user calls it.', TEXT)),
      hint: optional(says('E.g. a phone number.', TEXT)),
      created_at: MOMENT,
      last_used_at: optional(MOMENT),
      default: optional(TRUE),
    }),
    MfaSignedIn: facts.isOwn
      ? issued(shape<{ mfa_required: false }>({ mfa_required: FALSE }))
      : shape<{ token: string } & RemainingCodes>({ token: TEXT, recovery_codes_remaining: REMAINING }),
    MfaTokens: shape<TokenAnswer>({
      access_token: TEXT,
      expires_in: COUNT,
      token_type: { type: 'string', enum: ['Bearer'] },
      scope: TEXT,
      refresh_token: optional(TEXT),
      recovery_codes_remaining: REMAINING,
    }),
  };
}

/** The answer with new recovery codes. */
export const NEW_CODES = shape<{ backup_code: string; backup_codes?: string[] }>({
  backup_code: TEXT,
  backup_codes: optional(says('All of them, if there are several.', listOf(TEXT))),
});

/** Adds what an enrolment shows once. */
export function shown(schema: Schema): Schema {
  const show = says('What the user must see, e.g. a QR code. It is shown once.', ANY_OBJECT);
  return { allOf: [schema, { type: 'object', properties: { show } }] };
}

/** Adds the credential that the application may put into an answer. */
export function issued(schema: Schema): Schema {
  const credential = says('A new credential in place of the one that was sent.', {});
  return { allOf: [schema, { type: 'object', properties: { credential } }] };
}
