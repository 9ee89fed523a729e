import type { MfaSession } from '../store/mfa-session.entity.js';

/** A signed-in user's session: a row of the module, or a credential of the application, which has no row and no id. */
export type LiveSession = Pick<
  MfaSession,
  'userId' | 'clientId' | 'scope' | 'amr' | 'signedInAt' | 'factorProvenAt' | 'onlyRecovers' | 'authEpoch'
> & { id: string | null };
