import { Injectable, Logger } from '@nestjs/common';

/** A message that the sample would have sent. */
export interface InboxMessage {
  to: string;
  text: string;
  sentAt: Date;
}

const KEPT = 20;

/** Keeps the last messages in memory and writes them to the log, so that nobody needs a phone to try the sample. */
@Injectable()
export class Inbox {
  private readonly logger = new Logger('Inbox');
  private messages: InboxMessage[] = [];

  keep(to: string, text: string): void {
    this.logger.log(`To ${to}: ${text}`);
    this.messages = [{ to, text, sentAt: new Date() }, ...this.messages].slice(0, KEPT);
  }

  /** The last messages, newest first. */
  last(): readonly InboxMessage[] {
    return this.messages;
  }
}
