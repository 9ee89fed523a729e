import type { Schema } from './document.js';
import type { Facts } from './facts.js';
import { ANY_OBJECT, says, TEXT } from './shape.js';

const MFA_TOKEN = says('Of this login or step-up.', TEXT);
const METHOD = says('The `id` of one of `mfa_methods`. Default: the one that was asked for last.', TEXT);

/** Returns the body of `challenge`. */
export function chosenMethod(): Schema {
  return { type: 'object', properties: { mfa_token: MFA_TOKEN, method: METHOD }, required: ['mfa_token'] };
}

/** Returns the body of `verify`. */
export function methodProof(facts: Facts): Schema {
  const { properties, ...proof } = oneProof(facts);
  return { ...proof, properties: { mfa_token: MFA_TOKEN, method: METHOD, ...properties }, required: ['mfa_token'] };
}

/** Returns the body of a login with a passkey alone. */
export function passkeyProof(): Schema {
  const response = says('What `navigator.credentials.get` returns, as its `toJSON` has it.', ANY_OBJECT);
  return { type: 'object', properties: { mfa_token: MFA_TOKEN, response }, required: ['mfa_token', 'response'] };
}

/** Returns the body with only a proof: `code`, or `response` if the proof is JSON. */
export function oneProof({ challenges }: Facts): Schema {
  const inputs = [...new Set(challenges.map(({ input }) => input))].filter((input) => input !== 'code');
  const response = inputs.length > 0 && { response: responseOf(inputs) };
  return { type: 'object', properties: { code: says('What the user has typed.', TEXT), ...response } };
}

// The answer of a passkey is an object. Another challenge may take any JSON.
function responseOf(inputs: string[]): Schema {
  const isOfBrowser = inputs.every((input) => input === 'webauthn');
  return says(`In place of \`code\`, where \`input\` is ${inputs.join(' or ')}.`, isOfBrowser ? ANY_OBJECT : {});
}
