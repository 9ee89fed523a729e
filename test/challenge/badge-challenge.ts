import { Injectable } from '@nestjs/common';
import { createHmac, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { type Begun, Challenge, type Enrolment, MfaChallenge, type Moment, type Verdict } from '../../src/index.js';

/** One badge: what it signs with, and how often it has. */
export interface BadgeState {
  badge: string;
  secret: string;
  uses: number;
}

/** What a badge says of a ceremony. A badge never says the same twice. */
const BadgeProof = z.object({ badge: z.string(), uses: z.number().int(), signature: z.string() });
export type BadgeProof = z.infer<typeof BadgeProof>;

const BadgeRequest = z.object({ badge: z.string().regex(/^B\d{4}$/), secret: z.string().min(20) });

/** A stand-in for a passkey: several per user, a nonce for each ceremony, a signature over it, and a counter. */
@Injectable()
@MfaChallenge({ type: 'badge', request: BadgeRequest, amr: ['hwk'], many: true, input: 'badge' })
export class BadgeChallenge extends Challenge<BadgeState, BadgeProof, string, z.infer<typeof BadgeRequest>> {
  enrol({ badge, secret }: z.infer<typeof BadgeRequest>): Enrolment<BadgeState> {
    return { state: { badge, secret, uses: 0 }, hint: badge };
  }

  override begin(states: readonly BadgeState[]): Begun<string> {
    const nonce = randomBytes(16).toString('hex');
    return { phase: nonce, show: { nonce, badges: states.map(({ badge }) => badge) } };
  }

  read(raw: unknown): BadgeProof | undefined {
    return BadgeProof.safeParse(raw).data;
  }

  override pick(states: readonly BadgeState[], proof: BadgeProof): BadgeState | undefined {
    return states.find(({ badge }) => badge === proof.badge);
  }

  verify(state: BadgeState, proof: BadgeProof, { phase }: Moment<string>): Verdict<BadgeState> {
    const isRight = proof.uses > state.uses && proof.signature === signed(state, phase, proof.uses);
    return isRight ? { kind: 'right', state: { ...state, uses: proof.uses } } : { kind: 'wrong' };
  }
}

/** What a badge signs in a ceremony with this nonce. */
export function signed({ secret }: Pick<BadgeState, 'secret'>, nonce: string, uses: number): string {
  return createHmac('sha256', secret).update(`${nonce}:${uses}`).digest('hex');
}
