import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { afterCommit } from './after-commit.js';

interface OfUser {
  userId: string;
  at: Date;
}

interface OfFactor extends OfUser {
  /** The challenge type, e.g. `sms`, or `backup`. */
  challengeType: string;
}

/**
 * Something that happened, told apart by its `type`. It never carries a code, a token, a secret or a phone number. What
 * each one means stands in docs/events.md.
 */
export type MfaEvent =
  | (OfFactor & { type: 'enabled' })
  | (OfUser & { type: 'disabled' | 'backup_codes_renewed' | 'backup_code_used' })
  | (OfFactor & { type: 'challenge_sent' | 'message_failed' })
  | (OfFactor & { type: 'message_refused'; limit: MessageLimit; retryAfterSeconds: number })
  | (OfFactor & { type: 'proof_accepted' | 'proof_refused' | 'locked' })
  | (OfUser & { type: 'unlocked' | 'sessions_ended' | 'refresh_token_reused' })
  | (OfUser & { type: 'signed_in'; amr: string[]; afterLock: boolean })
  | { type: 'password_refused'; userId: null; at: Date }
  | { type: 'passwords_slowed'; userId: null; at: Date; retryAfterSeconds: number }
  | { type: 'sending_stopped'; userId: null; at: Date; country: string }
  | { type: 'keys_rotated'; userId: null; at: Date; rows: number };

/** Why a message does not go out: the limit that has none left. */
export type MessageLimit =
  'cooldown' | 'lock' | 'user' | 'new_destinations' | 'destination' | 'network' | 'country' | 'unverified';

/** Extend it to mail security notices, to count or to audit, and name the class in the option `events`. */
export abstract class MfaEvents {
  /** Called after the change is made; the answer waits for it. A failure is logged and changes nothing. */
  abstract on(event: MfaEvent): void | Promise<void>;
}

/** A listener that writes what it hears where the change is written. */
export abstract class EventRecord extends MfaEvents {
  /** The same inside a transaction. */
  abstract within(manager: EntityManager): MfaEvents;
}

/** Tells the listeners: the application's own, its event emitter, the audit table. */
@Injectable()
export class EventTeller {
  private readonly logger = new Logger('MfaModule');

  constructor(
    private readonly listeners: readonly MfaEvents[],
    private readonly record?: EventRecord,
  ) {}

  /** Resolves when the listeners are done. One that fails is logged by name and changes nothing else. */
  async tell(event: MfaEvent): Promise<void> {
    const all = [...this.listeners, ...(this.record ? [this.record] : [])];
    await Promise.all(all.map((listener) => this.tellOne(listener, event)));
  }

  /** Tells of what a transaction of the application changes: the record in it, everybody else when it is committed. */
  within(manager: EntityManager): EventTeller {
    return new TransactionTeller(new EventTeller(this.listeners), manager, this.record?.within(manager));
  }

  private async tellOne(listener: MfaEvents, event: MfaEvent): Promise<void> {
    try {
      await listener.on(event);
    } catch (error) {
      // The change is already made: an answer that denies it would be a lie. Only the name, as messages may hold secrets.
      this.logger.error(`The listener of ${event.type} failed: ${error instanceof Error ? error.name : typeof error}`);
    }
  }
}

class TransactionTeller extends EventTeller {
  constructor(
    private readonly others: EventTeller,
    private readonly manager: EntityManager,
    private readonly recordWithin?: MfaEvents,
  ) {
    super([]);
  }

  override async tell(event: MfaEvent): Promise<void> {
    // A failure ends the transaction: PostgreSQL would roll it back at its commit, and say nothing.
    await this.recordWithin?.on(event);
    afterCommit(this.manager, () => void this.others.tell(event));
  }
}
