import type { Answer, Content, Schema } from './document.js';
import type { Refusal } from './refusals.js';

/** What a route takes and answers, as far as its controller does not say it. */
export interface RouteDescription {
  /** Unique in the document: generators make a function of this name. */
  id: string;
  summary: string;
  /** The body in JSON. */
  body?: Schema;
  /** Another form of body. */
  content?: Content;
  /** The answer to a request that is not refused. Nothing for 204. */
  answer?: Schema;
  /** Its own refusals, beside those of its guards and of every body. */
  refusals?: readonly Refusal[];
  /** Refusals in another form. */
  errors?: Record<string, Answer>;
}

/** Descriptions of routes by `METHOD path`, below the module's path. */
export type RouteTable = Record<string, RouteDescription>;

/** The message of a ceremony, or the ceremony itself, fails. The token stays valid. */
export const CEREMONY: readonly Refusal[] = [
  ['sms_send_failed', 503],
  ['challenge_failed', 503],
  ['phone_number_not_set', 503],
];

/** A proof is judged. A service that judges it may not answer. */
export const PROOF: readonly Refusal[] = ['invalid_mfa_code', 'locked', 'challenge_failed', ['challenge_failed', 503]];
