import type { Provider } from '@nestjs/common';
import { Authenticators } from './authenticators.js';
import { BackupCodeSet } from './backup-code-set.js';
import { EnrolmentGate } from './enrolment-gate.js';
import { FactorConfirmation } from './factor-confirmation.js';
import { FactorRequest } from './factor-request.js';
import { Factors } from './factors.js';
import { KnownFactors } from './known-factors.js';
import { NewFactors } from './new-factors.js';
import { Removal } from './removal.js';
import { UniqueFactors } from './unique-factors.js';

/** The providers with which signed-in users manage their factors, from the ground up. */
export const ENROLMENT_PROVIDERS: Provider[] = [
  NewFactors,
  KnownFactors,
  EnrolmentGate,
  UniqueFactors,
  Authenticators,
  FactorRequest,
  FactorConfirmation,
  Factors,
  Removal,
  BackupCodeSet,
];
