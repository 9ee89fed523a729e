import type { MfaSession } from '../store/mfa-session.entity.js';
import type { DriverValue } from '../store/table-columns.js';

/**
 * Within one epoch: those of a later one came after this login, and of an older one, one may be about to go on in this one. MariaDB needs
 * the inner table.
 */
const ALL_BUT_NEWEST = `DELETE FROM {table} WHERE {userId} = ? AND {authEpoch} = ? AND {id} NOT IN (
  SELECT {id} FROM (
    SELECT {id} FROM {table} WHERE {userId} = ? AND {authEpoch} = ? AND {expiresAt} > ?
      AND ({refreshHash} IS NOT NULL OR {idleExpiresAt} > ?)
    ORDER BY CASE WHEN {id} = ? THEN 0 ELSE 1 END, {signedInAt} DESC, {id} LIMIT ?
  ) AS newest
)`;

/** Returns the statement that removes all but the newest live sessions of a user. This one counts as the newest. */
export function allButNewest(
  { id, userId, authEpoch }: MfaSession,
  most: number,
  now: Date,
): { text: string; values: DriverValue[] } {
  const time = now.getTime();
  return { text: ALL_BUT_NEWEST, values: [userId, authEpoch, userId, authEpoch, time, time, id, most] };
}
