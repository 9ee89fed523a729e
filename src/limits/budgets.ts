import type { Budget } from '../store/budget.js';
import { AttemptOptions } from './attempt-options.js';

const LOCK_SECONDS = [30, 60, 120, 240, 480, 900, 1800, 3600];

/** One-time codes: 5 in a row, then locks; and in the long run 50 in 30 days, whatever succeeds between. */
export function codeBudget({ freeFailures, maxFailures }: AttemptOptions): Budget {
  return { kind: 'code', lockSeconds: LOCK_SECONDS, freeFailures, maxFailures, burst: 50, refillSeconds: 51_840 };
}

/** Backup codes: 10, and one more each hour. */
export function backupBudget({ maxFailures }: AttemptOptions): Budget {
  return { kind: 'backup', lockSeconds: [], freeFailures: maxFailures, maxFailures, burst: 10, refillSeconds: 3600 };
}
