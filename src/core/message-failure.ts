/** Why a message was not sent, and who could still send it. */
export const MESSAGE_FAILURES = ['number', 'address', 'sender', 'gateway', 'unknown'] as const;

/**
 * Why a message was not sent: the `number` or the `address` takes no messages from any sender; this `sender` may not write there, but another may;
 * `gateway` said no, and may say yes later; `unknown` if no answer came, so the message may have gone out all the same.
 */
export type MessageFailure = (typeof MESSAGE_FAILURES)[number];

/**
 * Returns why a sender failed, from the error's `reason`. The class does not matter: an application may have two copies of the
 * package.
 */
export function failureOf(error: unknown): MessageFailure {
  const { reason, cause } = (error ?? {}) as { reason?: unknown; cause?: unknown };
  const known = MESSAGE_FAILURES.find((one) => one === reason);
  return known ?? (cause === undefined ? 'unknown' : failureOf(cause));
}

/** Says whether the same sender would fail over the same number or address again. */
export function isPermanent(failure: MessageFailure): boolean {
  return failure === 'number' || failure === 'address' || failure === 'sender';
}

/** Returns the gateway's own code for a failure, if it is short enough to be one. */
export function gatewayCodeOf(error: unknown): number | string | undefined {
  const { reason, code, cause } = (error ?? {}) as { reason?: unknown; code?: unknown; cause?: unknown };
  if (reason === undefined) return cause === undefined ? undefined : gatewayCodeOf(cause);
  return typeof code === 'number' || (typeof code === 'string' && /^[\w.-]{1,32}$/.test(code)) ? code : undefined;
}
