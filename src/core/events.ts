import { Injectable, Logger } from '@nestjs/common';

/** Something that happened to a user's MFA. It never carries a code, a token, a secret or a phone number. */
export interface MfaEvent {
  type:
    | 'enabled'
    | 'disabled'
    | 'backup_codes_renewed'
    | 'backup_code_used'
    | 'challenge_sent'
    | 'signed_in'
    | 'proof_refused'
    | 'locked';
  userId: string;
  at: Date;
  /** The challenge type it concerns, e.g. `sms`. */
  challengeType?: string;
}

/** Extend it to mail security notices, to count or to audit, and name the class in the option `events`. */
export abstract class MfaEvents {
  /** Called after the change is made; the answer waits for it. A failure is logged and changes nothing. */
  abstract on(event: MfaEvent): void | Promise<void>;
}

/** Tells the application's listener, if there is one. */
@Injectable()
export class EventTeller {
  private readonly logger = new Logger('MfaModule');

  constructor(private readonly listener: MfaEvents | undefined) {}

  /** Resolves when the listener is done. A listener that fails is logged by name and changes nothing else. */
  async tell(event: MfaEvent): Promise<void> {
    try {
      await this.listener?.on(event);
    } catch (error) {
      // The change is already made: an answer that denies it would be a lie. Only the name, as messages may hold secrets.
      this.logger.error(`The listener of ${event.type} failed: ${error instanceof Error ? error.name : typeof error}`);
    }
  }
}
