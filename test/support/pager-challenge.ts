import { Injectable } from '@nestjs/common';
import { Matches } from 'class-validator';
import type { ChallengeContext, CodeSecret, Delivery, Enrolment } from '../../src/index.js';
import { Challenge, codeFor, generateKey, MfaChallenge, spendCode } from '../../src/index.js';
import { Pagers } from './pagers.js';

type PagerState = CodeSecret & { pager: string };

class PagerRequest {
  @Matches(/^P[0-9]{4}$/) pager_id!: string;
}

@Injectable()
@MfaChallenge({ type: 'pager', body: PagerRequest })
export class PagerChallenge extends Challenge<PagerState, PagerRequest> {
  constructor(private readonly pagers: Pagers) {
    super();
  }

  enrol({ pager_id }: PagerRequest): Enrolment<PagerState> {
    return { state: { ...generateKey(), pager: pager_id }, hint: pager_id };
  }

  override prompt(state: PagerState, context: ChallengeContext): Delivery {
    const code = codeFor(state, state.pager, context);
    return { destination: state.pager, send: () => this.pagers.page(state.pager, code) };
  }

  verify(state: PagerState, code: string, context: ChallengeContext): PagerState | null {
    return spendCode(state, state.pager, code, context);
  }
}
