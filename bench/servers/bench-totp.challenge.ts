import { Injectable } from '@nestjs/common';
import { IsString } from 'class-validator';
import { Challenge, type ChallengeContext, type Enrolment, MfaChallenge } from 'nestjs-mfa';
import { acceptedStep } from '../totp.js';

interface TotpState {
  secret: string;
  lastStep: number;
}

class TotpRequest {
  @IsString() secret!: string;
}

/** An authenticator app, judged by the very function that the login by hand uses. */
@Injectable()
@MfaChallenge({ type: 'bench-totp', body: TotpRequest })
export class BenchTotp extends Challenge<TotpState, TotpRequest> {
  enrol({ secret }: TotpRequest): Enrolment<TotpState> {
    return { state: { secret, lastStep: 0 }, hint: '' };
  }

  verify(state: TotpState, code: string, { now }: ChallengeContext): TotpState | null {
    const lastStep = acceptedStep(state.secret, code, now, state.lastStep);
    return lastStep === null ? null : { ...state, lastStep };
  }
}
