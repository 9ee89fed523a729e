import type { ChallengeMetadata } from '../challenge/challenge.js';

/** What the application has configured, as far as its clients see it. */
export interface Facts {
  /** The first part of every route, without slashes around it. */
  path: string;
  /** What can be a second factor. */
  challenges: readonly Required<ChallengeMetadata>[];
  /** Whether the application issues its own credentials. */
  isOwn: boolean;
  /** Whether errors look as in Deux. */
  isDeux: boolean;
  /** Whether the OAuth2 login is there, and how it asks for a second factor. */
  hasOAuth: boolean;
  oauthErrors: 'deux' | 'rfc6749';
  /** The OAuth2 scope that managing factors needs. */
  managementScope: string | undefined;
  /** The version of OpenAPI, e.g. `3.0.0`. */
  openapi: string;
}
