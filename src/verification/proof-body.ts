import { Allow } from 'class-validator';
import { MfaError } from '../core/mfa-error.js';
import { readBody } from '../http/body.js';
import { type Prompt, promptBody } from './prompts.js';

/** The body of `challenge`: any JSON, and what is no token or no method is refused as a wrong one. */
export class ChosenMethod {
  @Allow() mfa_token?: unknown;
  @Allow() method?: unknown;
}

class GivenProof extends ChosenMethod {
  @Allow() code?: unknown;
  @Allow() response?: unknown;
}

/** The proof of a pending login or step-up. */
export interface MfaProof extends ChosenMethod {
  proof: unknown;
}

/** Reads the body of `verify`: a `code`, or a `response` in JSON. @throws {MfaError} `invalid_mfa_code` if there is not one of them */
export function readProof(body: unknown): MfaProof {
  const { code, response, ...chosen } = readBody(GivenProof, body);
  // Two proofs in one request would be two guesses for one attempt.
  if ((code === undefined) === (response === undefined)) throw new MfaError('invalid_mfa_code');
  return { ...chosen, proof: code ?? response ?? null };
}

/** Reads a proof where no token goes with it. @throws {MfaError} as `readProof` does */
export function readProofOnly(body: unknown): unknown {
  return readProof(body).proof;
}

/** Returns the answer to a chosen method. Its token also holds what the new ceremony must remember. */
export function challengeBody(prompt: Prompt): object {
  const { mfa_token, expires_in, challenge } = promptBody(prompt);
  return { mfa_token, expires_in, challenge };
}
