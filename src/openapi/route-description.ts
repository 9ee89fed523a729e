import type { Answer, Content, Schema } from './document.js';
import type { Refusal } from './refusals.js';

/** What a route takes and answers, if its controller does not say so. */
export interface RouteDescription {
  /** Unique in the document, because generators name a function after it. */
  id: string;
  summary: string;
  /** The body in JSON. */
  body?: Schema;
  /** Another form of body. */
  content?: Content;
  /** The answer to a request that succeeds. Undefined for 204. */
  answer?: Schema;
  /** Its own refusals, beside those of its guards and of every body. */
  refusals?: readonly Refusal[];
  /** Refusals in another form. */
  errors?: Record<string, Answer>;
}

/** Descriptions of routes by `METHOD path`, below the module's path. */
export type RouteTable = Record<string, RouteDescription>;

/** The refusals if a ceremony or its message fails. The token stays valid. */
export const CEREMONY: readonly Refusal[] = [
  ['sms_send_failed', 503],
  ['challenge_failed', 503],
  ['phone_number_not_set', 503],
];

/** The refusals of a route that judges a proof. A service that helps to judge it may not answer. */
export const PROOF: readonly Refusal[] = ['invalid_mfa_code', 'locked', 'challenge_failed', ['challenge_failed', 503]];
