import { Injectable } from '@nestjs/common';
import type { LiveSession } from '../session/live-session.js';
import { StepUpAttempts } from './step-up-attempts.js';
import type { StepUpCount } from './step-up-count.js';
import { UserStepUpAttempts } from './user-step-up-attempts.js';

/** Says where the wrong codes of a session are counted. */
@Injectable()
export class StepUpCounts {
  constructor(
    private readonly bySession: StepUpAttempts,
    private readonly byUser: UserStepUpAttempts,
  ) {}

  /** The count of a session of the module, or of the user of an application's credential. */
  of({ id }: LiveSession): StepUpCount {
    return id === null ? this.byUser : this.bySession;
  }
}
