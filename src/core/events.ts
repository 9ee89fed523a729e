import { Injectable, Logger } from '@nestjs/common';
import { errorName } from './error-name.js';
import type { EntityManager } from 'typeorm';
import { afterCommit } from './after-commit.js';
import type { MessageFailure } from './message-failure.js';
import type { Purpose } from './purpose.js';
import { withTimeLimit } from './within-seconds.js';

/** Seconds that an answer waits for a listener. */
const PATIENCE_SECONDS = 5;

interface OfUser {
  userId: string;
  at: Date;
}

interface OfFactor extends OfUser {
  /** The challenge type, e.g. `sms`, or `backup`. */
  challengeType: string;
}

/** A limit that is nearly used up. */
interface RunningOut {
  limit: 'country' | 'total';
  country?: string;
  /** The challenge type of messages that have no country, e.g. `email`. */
  challengeType?: string;
  left: number;
}

/**
 * Something that happened. TypeScript narrows it by `type`. It never has a code, a token, a secret, a phone number or an address.
 * docs/events.md explains each type.
 */
export type MfaEvent =
  | (OfFactor & { type: 'enabled' | 'factor_added' | 'factor_removed' | 'default_factor_changed' })
  | (OfUser & { type: 'disabled' | 'backup_codes_renewed' | 'backup_code_used' })
  | (OfUser & { type: 'recovery_codes_low' | 'recovery_codes_used_up' })
  | (OfFactor & { type: 'challenge_sent' })
  | (OfFactor & { type: 'message_failed'; reason: MessageFailure; permanent: boolean; gatewayCode?: number | string })
  | (OfFactor & { type: 'message_refused'; limit: MessageLimit; retryAfterSeconds: number })
  | (OfFactor & { type: 'number_refused'; reason: NumberRefusal; country: string })
  | (OfFactor & { type: 'proof_accepted' | 'proof_refused' | 'code_replayed' | 'locked' })
  | (OfFactor & { type: ProofNotice })
  | (OfFactor & { type: 'step_up_guessed'; sessionId?: string; network: string })
  | (OfUser & { type: 'logged_out' | 'session_refreshed' })
  | { type: 'client_created' | 'client_removed'; userId: null; at: Date }
  | (OfUser & { type: 'unlocked' | 'sessions_ended' | 'refresh_token_reused' })
  | (OfUser & { type: 'user_forgotten' })
  | (OfUser & { type: 'user_moved'; fromUserId: string })
  | (OfUser & { type: 'signed_in'; amr: string[]; afterLock: boolean })
  | { type: 'password_refused'; userId: null; at: Date }
  | { type: 'passwords_slowed'; userId: null; at: Date; retryAfterSeconds: number }
  | (RunningOut & { type: 'messages_running_out'; userId: null; at: Date })
  | { type: 'sending_stopped'; userId: null; at: Date; country: string }
  | { type: 'keys_rotated'; userId: null; at: Date; rows: number };

/**
 * What a proof says about its device: `backup_state_changed` for a passkey that is now kept in a cloud, or no longer; `counter_refused` for
 * a right signature with an old counter, which was refused: the device may have been copied.
 */
export type ProofNotice = 'backup_state_changed' | 'counter_refused';

/**
 * Why a number cannot be enrolled: `country` is not in `sms.allowedCountries`, `impossible` in its country's numbering plan, `costly`, or
 * another `spelling` of a number.
 */
export type NumberRefusal = 'country' | 'impossible' | 'costly' | 'spelling';

/** Where an event came from, as far as a request says so. */
export interface EventOrigin {
  /** What a code or a message was for. */
  purpose?: Purpose;
  /** The network of the client, as the limits count it. */
  network?: string;
  sessionId?: string;
  /** The OAuth2 client. */
  clientId?: string;
}

/** The limit that stopped a message. */
export type MessageLimit =
  | 'cooldown'
  | 'lock'
  | 'user'
  | 'new_destinations'
  | 'destination'
  | 'network'
  | 'country'
  | 'total'
  | 'unverified'
  | 'gateway';

/**
 * Extend it to mail security notices, to count or to audit, and name the class as `events`.
 * @example
 * ```ts
 * export class SecurityNotices extends MfaEvents {
 *   async on(event: MfaEvent): Promise<void> {
 *     if (event.type === 'disabled') await mailer.send(event.userId, 'Your second factor was removed.');
 *   }
 * }
 * ```
 */
export abstract class MfaEvents {
  /** Runs after the change, and the answer waits for it, for 5 seconds at most. A failure is logged and changes nothing. */
  abstract on(event: MfaEvent, origin: EventOrigin): void | Promise<void>;
}

/** A listener that can write in the transaction of the change, e.g. the audit table. */
export abstract class TransactionalListener extends MfaEvents {
  /** Returns the listener bound to a transaction. */
  abstract within(manager: EntityManager): TransactionalListener;

  /** Erases what it has kept of a user. */
  abstract erase(userId: string): Promise<void>;
}

/** Tells the listeners: the application's listener, its event emitter, the audit table. */
@Injectable()
export class EventTeller {
  private readonly logger = new Logger('MfaModule');

  constructor(
    private readonly listeners: readonly MfaEvents[],
    private readonly audit?: TransactionalListener,
    private readonly transaction?: EntityManager,
    private readonly overdue = new Set<MfaEvents>(),
  ) {}

  /** Returns a teller bound to a transaction: the audit row is written inside it, other listeners hear after the commit. */
  within(manager: EntityManager): EventTeller {
    return new EventTeller(this.listeners, this.audit, manager, this.overdue);
  }

  /** Resolves when the listeners are done, or late. One that fails is logged by name and changes nothing else. */
  async tell(event: MfaEvent, origin: EventOrigin = {}): Promise<void> {
    const { listeners, audit, transaction } = this;
    if (!transaction) return this.tellAll(audit ? [...listeners, audit] : listeners, event, origin);
    // A failure ends the transaction: PostgreSQL would otherwise turn the commit into a silent rollback.
    await audit?.within(transaction).on(event, origin);
    afterCommit(transaction, () => void this.tellAll(listeners, event, origin));
  }

  /** Erases the kept events of a user. */
  async erase(userId: string): Promise<void> {
    const { audit, transaction } = this;
    await (transaction ? audit?.within(transaction) : audit)?.erase(userId);
  }

  private async tellAll(listeners: readonly MfaEvents[], event: MfaEvent, origin: EventOrigin): Promise<void> {
    await Promise.all(listeners.map((listener) => this.tellOne(listener, event, origin)));
  }

  private async tellOne(listener: MfaEvents, event: MfaEvent, origin: EventOrigin): Promise<void> {
    const done = this.call(listener, event, origin);
    // Its last call hangs, and so may this one: a login has several events, and must not wait for each.
    if (this.overdue.has(listener)) return;
    try {
      await withTimeLimit(PATIENCE_SECONDS, () => done);
    } catch {
      this.overdue.add(listener);
      void done.then(() => this.overdue.delete(listener));
      this.logger.error(
        `The listener of ${event.type} did not answer within ${PATIENCE_SECONDS} s. No answer waits for it.`,
      );
    }
  }

  private async call(listener: MfaEvents, event: MfaEvent, origin: EventOrigin): Promise<void> {
    try {
      await listener.on(event, origin);
    } catch (error) {
      // The change is made, so the answer must not fail. Only the name is logged, because messages may hold secrets.
      this.logger.error(`The listener of ${event.type} failed: ${errorName(error)}`);
    }
  }
}
