import { Injectable } from '@nestjs/common';
import { Matches } from 'class-validator';
import type { Begun, CodeSecret, Enrolment, Moment, Verdict } from '../../src/index.js';
import { Challenge, codeFor, generateKey, MfaChallenge, readCode, spendCode } from '../../src/index.js';
import { Pagers } from './pagers.js';

type PagerState = CodeSecret & { pager: string };

class PagerRequest {
  @Matches(/^P[0-9]{4}$/) pager_id!: string;
}

@Injectable()
@MfaChallenge({ type: 'pager', request: PagerRequest })
export class PagerChallenge extends Challenge<PagerState, string, undefined, PagerRequest> {
  constructor(private readonly pagers: Pagers) {
    super();
  }

  enrol({ pager_id }: PagerRequest): Enrolment<PagerState> {
    return { state: { ...generateKey(), pager: pager_id }, hint: pager_id };
  }

  override async begin([state]: readonly PagerState[], moment: Moment): Promise<Begun<undefined>> {
    const { pager } = state!;
    const code = await codeFor(state!, pager, moment);
    return { message: { destination: pager, send: () => this.pagers.page(pager, code) } };
  }

  read(raw: unknown, moment: Moment): string | undefined {
    return readCode(raw, moment);
  }

  verify(state: PagerState, code: string, moment: Moment): Promise<Verdict<PagerState>> {
    return spendCode(state, state.pager, code, moment);
  }
}
