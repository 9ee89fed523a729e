import { Injectable } from '@nestjs/common';
import { IsString } from 'class-validator';
import { Challenge, type Enrolment, MfaChallenge, type Moment, readCode, type Verdict } from 'nestjs-mfa';
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
@MfaChallenge({ type: 'bench-totp', request: TotpRequest })
export class BenchTotp extends Challenge<TotpState, string, undefined, TotpRequest> {
  enrol({ secret }: TotpRequest): Enrolment<TotpState> {
    return { state: { secret, lastStep: 0 }, hint: 'authenticator app' };
  }

  read(raw: unknown, moment: Moment): string | undefined {
    return readCode(raw, moment);
  }

  verify(state: TotpState, code: string, { now }: Moment): Verdict<TotpState> {
    const lastStep = acceptedStep(state.secret, code, now, state.lastStep);
    return lastStep === null ? { kind: 'wrong' } : { kind: 'right', state: { ...state, lastStep } };
  }
}
