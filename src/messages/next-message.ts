import { secondsUntil } from '../core/clock.js';
import { decideMessage } from '../limits/message-budget.js';
import { recentMessages } from '../limits/message-notes.js';
import type { MessageOptions } from '../limits/message-options.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import type { MessageContext } from './message.js';

/** Seconds until a factor's next message may go out, and for which the code of its last one is right. */
export interface NextMessage {
  retrySeconds: number;
  codeSeconds: number;
}

/** Returns them from the user's row: no seal need be opened, and nothing is counted. */
export function nextMessage(
  row: AbstractMultiFactorAuth,
  { factorId, purpose, now, isKnownNetwork }: Pick<MessageContext, 'factorId' | 'purpose' | 'now' | 'isKnownNetwork'>,
  options: MessageOptions,
): NextMessage {
  const sent = recentMessages(row.sentMessages, now);
  const last = sent.findLast((one) => one.factorId === factorId && one.purpose === purpose && !one.refusedBy);
  if (!last) return { retrySeconds: 0, codeSeconds: 0 };
  const { destination, expiresAt, failed, answered } = last;
  const decision = decideMessage(sent, { destination, purpose, now, isKnownNetwork }, options);
  return {
    retrySeconds: decision.kind === 'send' ? 0 : decision.retryAfterSeconds,
    codeSeconds: expiresAt && !failed && !answered ? secondsUntil(now, expiresAt) : 0,
  };
}
