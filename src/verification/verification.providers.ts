import type { Provider } from '@nestjs/common';
import { Ceremonies } from './ceremonies.js';
import { CeremonyStarts } from './ceremony-starts.js';
import { ClaimRules } from './claims.js';
import { Decisions } from './decisions.js';
import { Judge } from './judge.js';
import { Methods } from './methods.js';
import { OpenMethods } from './open-methods.js';
import { Payments } from './payments.js';
import { PendingProofs } from './pending-proofs.js';
import { Prompts } from './prompts.js';
import { ProofReports } from './proof-reports.js';
import { RecoveryProof } from './recovery-proof.js';
import { ShownMethods } from './shown-methods.js';
import { SlowQueue } from './slow-queue.js';
import { Verifier } from './verifier.js';

/** The providers that begin ceremonies and judge proofs, from the ground up. */
export const VERIFICATION_PROVIDERS: Provider[] = [
  ClaimRules,
  Judge,
  SlowQueue,
  Decisions,
  Payments,
  ProofReports,
  Verifier,
  RecoveryProof,
  Methods,
  CeremonyStarts,
  Ceremonies,
  OpenMethods,
  PendingProofs,
  ShownMethods,
  Prompts,
];
