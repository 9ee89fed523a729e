import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import type { MfaSession } from '../store/mfa-session.entity.js';
import { keptIn } from '../store/row-changes.js';

/** A signed-in user's session: a row of the module, or a credential of the application, which has no row and no id. */
export type LiveSession = Pick<
  MfaSession,
  'userId' | 'clientId' | 'scope' | 'amr' | 'signedInAt' | 'factorProvenAt' | 'onlyRecovers' | 'authEpoch'
> & { id: string | null };

/** The part of a user's row that says which sessions are alive. */
export type EpochOfUser = Pick<AbstractMultiFactorAuth, 'authEpoch' | 'keptSession'>;

/**
 * Says whether a session is of its user's epoch. The one that raised the epoch is alive before its own row says so: otherwise, of two
 * requests of a session at the same moment, one would sign it out.
 */
export function isAlive({ id, authEpoch }: Pick<LiveSession, 'id' | 'authEpoch'>, row: EpochOfUser | null): boolean {
  if (!row) return authEpoch === 0;
  return row.authEpoch === authEpoch || (id !== null && row.keptSession === keptIn(row.authEpoch, id));
}
