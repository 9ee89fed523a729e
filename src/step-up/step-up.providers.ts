import type { Provider } from '@nestjs/common';
import { Freshness } from './freshness.js';
import { StepUpAttempts } from './step-up-attempts.js';
import { StepUpCounts } from './step-up-counts.js';
import { StepUpPrompts } from './step-up-prompts.js';
import { StepUp } from './step-up.js';
import { UserStepUpAttempts } from './user-step-up-attempts.js';

/** The providers that ask for a recent second factor, from the ground up. */
export const STEP_UP_PROVIDERS: Provider[] = [
  Freshness,
  StepUpAttempts,
  UserStepUpAttempts,
  StepUpCounts,
  StepUpPrompts,
  StepUp,
];
