import { RECOVERY } from '../verification/methods.js';
import type { PromptBody } from '../verification/prompts.js';
import type { ShownChallenge, ShownMethod } from '../verification/shown-methods.js';
import { type ComponentName, ref } from './component.js';
import type { Schema } from './document.js';
import type { Facts } from './facts.js';
import { ANY_OBJECT, COUNT, listOf, optional, says, shape, TEXT, TRUE } from './shape.js';

const METHOD_ID = says('Names the method where a request takes `method`.', TEXT);
const RETRY_IN = says('Seconds until another message can be sent.', COUNT);

/** The fields of an answer that tell a client how to finish a login. */
const PENDING = {
  mfa_token: says('Stands for the first half of the login: send it with the proof.', TEXT),
  expires_in: says('Seconds for which the `mfa_token` can be used.', COUNT),
  challenge: optional(ref('MfaChallenge')),
};

/** Returns the answers that ask for a second factor. */
export function methodSchemas(facts: Facts): Partial<Record<ComponentName, Schema>> {
  return {
    MfaMethod: methodSchema(facts),
    MfaChallenge: challengeSchema(facts),
    MfaRequired: shape<PromptBody>({
      mfa_required: TRUE,
      mfa_type: says('The type of the default factor.', TEXT),
      mfa_methods: listOf(ref('MfaMethod')),
      ...PENDING,
    }),
    MfaChosen: shape<Pick<PromptBody, keyof typeof PENDING>>(PENDING),
  };
}

function methodSchema(facts: Facts): Schema {
  return shape<ShownMethod>({
    ...kindOf(facts),
    id: METHOD_ID,
    name: optional(says('What its user calls it.', TEXT)),
    hint: optional(says('E.g. the last digits of a phone number.', TEXT)),
    default: optional(TRUE),
    sends: optional(says('Choosing it sends a message.', TRUE)),
    retry_in: optional(RETRY_IN),
    remaining: optional(says('Recovery codes that are left.', COUNT)),
  });
}

function challengeSchema(facts: Facts): Schema {
  return shape<ShownChallenge>({
    ...kindOf(facts),
    method: METHOD_ID,
    digits: optional(says('Digits of the code.', COUNT)),
    sent: optional(says('Whether a message was sent just now.', { type: 'boolean' })),
    retry_in: optional(RETRY_IN),
    expires_in: optional(says('Seconds for which the code of the message is right.', COUNT)),
    options: optional(says('What the client needs to make the proof.', ANY_OBJECT)),
  });
}

function kindOf({ challenges }: Facts): { type: Schema; input: Schema } {
  const inputs = new Set([...challenges.map(({ input }) => input), 'code']);
  return {
    type: { type: 'string', enum: [...challenges.map(({ type }) => type), RECOVERY] },
    input: says('What to ask the user for.', { type: 'string', enum: [...inputs] }),
  };
}
