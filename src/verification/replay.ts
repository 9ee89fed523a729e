import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import type { Amendment } from '../store/multi-factor-auth.store.js';
import { withProof } from '../store/row-changes.js';
import type { Judgement } from './judge.js';
import { burstOf, type Decided, type Trial } from './trial.js';

/**
 * Decides over a proof that has been accepted before. It is refused as a wrong one, but it is no guess: it tells nothing to somebody
 * who has it, so no attempt is counted, which its owner would have to pay. The owner hears of it once for each accepted proof, so a
 * flood of replays is no flood of mails. What was sent together with the accepted proof is a double click, and no event.
 */
export function decideReplay(
  trial: Trial,
  row: AbstractMultiFactorAuth,
  { factorId }: { factorId: string },
): Amendment<Decided> {
  const factor = row.factors.find(({ id }) => id === factorId);
  if (!factor || factor.replayedAt || burstOf(trial, row)?.id === factorId) return { outcome: { kind: 'refused' } };
  const told = { ...factor, replayedAt: trial.given.moment.now };
  return { change: withProof(row, [told]), outcome: { kind: 'replayed' } };
}

/**
 * Decides over a wrong proof that nobody could have guessed. It costs nothing. What it says of its device is told once until the next right
 * proof: one kept answer would otherwise be a flood of mails.
 */
export function decideUnguessable(row: AbstractMultiFactorAuth, judgement: Judgement, now: Date): Amendment<Decided> {
  if (judgement.kind !== 'wrong' || !judgement.notice) return { outcome: { kind: 'refused' } };
  const factor = row.factors.find(({ id }) => id === judgement.factorId);
  if (!factor || factor.replayedAt) return { outcome: { kind: 'refused' } };
  const change = withProof(row, [{ ...factor, replayedAt: now }]);
  return { change, outcome: { kind: 'refused', notice: judgement.notice } };
}
