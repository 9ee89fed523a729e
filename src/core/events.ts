import { Injectable, Logger } from '@nestjs/common';

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

/** Tells the listeners: the application's own, its event emitter, the audit table. */
@Injectable()
export class EventTeller {
  private readonly logger = new Logger('MfaModule');

  constructor(private readonly listeners: readonly MfaEvents[]) {}

  /** Resolves when the listeners are done. One that fails is logged by name and changes nothing else. */
  async tell(event: MfaEvent): Promise<void> {
    await Promise.all(this.listeners.map((listener) => this.tellOne(listener, event)));
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
