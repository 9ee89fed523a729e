import { type CustomDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { MfaError } from '../core/mfa-error.js';
import type { LiveSession } from './live-session.js';

const OPEN = 'nestjs-mfa:open-to-recovery';

/** Marks a route, or all of a controller, that also serves sessions which may only enrol a factor or get new recovery codes. */
export function OpenToRecovery(): CustomDecorator {
  return SetMetadata(OPEN, true);
}

/**
 * Refuses a session that may only recover, unless the route is marked. So a route that nobody thought of is closed to it.
 * @throws {MfaError} `recovery_required`, 403 as for a token that may do too little (RFC 6750 §3.1)
 */
export function refuseOnlyRecovering(
  { onlyRecovers }: Pick<LiveSession, 'onlyRecovers'>,
  context: ExecutionContext,
): void {
  if (!onlyRecovers || isOpenToRecovery(context.getHandler(), context.getClass())) return;
  throw new MfaError('recovery_required', { authenticate: 'Bearer realm="mfa", error="insufficient_scope"' });
}

/** Says whether a route, or all of its controller, is marked. */
export function isOpenToRecovery(...marked: Function[]): boolean {
  return marked.some((target) => Reflect.getMetadata(OPEN, target) === true);
}
