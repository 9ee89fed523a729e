import type { ChallengeMetadata } from '../challenge/challenge.js';

/** The parts of the application's configuration that its clients notice. */
export interface Facts {
  /** The first part of every route, without slashes around it. */
  path: string;
  /** What can be a second factor. */
  challenges: readonly Required<ChallengeMetadata>[];
  /** Whether the application issues its own credentials. */
  isOwn: boolean;
  /** Whether errors look as in Deux. */
  isDeux: boolean;
  /** Whether there is an OAuth2 login, and how it asks for a second factor. */
  hasOAuth: boolean;
  oauthErrors: 'deux' | 'rfc6749';
  /** The OAuth2 scope that managing factors needs. */
  managementScope: string | undefined;
  /** The version of OpenAPI, e.g. `3.0.0`. */
  openapi: string;
}
