import { Injectable, Module } from '@nestjs/common';
import { IsString } from 'class-validator';
import { type Begun, Challenge, type Enrolment, MfaChallenge, type Verdict } from '../../src/index.js';

interface PushState {
  device: string;
  approved: number;
}

class PushRequest {
  @IsString() device!: string;
}

/** The service that pushes: a user's answer comes at the third question. */
@Injectable()
export class Pushes {
  sent: string[] = [];
  asked = 0;
  isDenied = false;
  answer(): 'approved' | 'denied' | 'none' {
    this.asked += 1;
    if (this.asked < 3) return 'none';
    return this.isDenied ? 'denied' : 'approved';
  }
}

@Module({ providers: [Pushes], exports: [Pushes] })
export class PushesModule {}

/** A stand-in for a push notification, which takes a while to be answered. */
@Injectable()
@MfaChallenge({ type: 'push', request: PushRequest })
export class PushChallenge extends Challenge<PushState, string, undefined, PushRequest> {
  constructor(private readonly pushes: Pushes) {
    super();
  }

  enrol({ device }: PushRequest): Enrolment<PushState> {
    return { state: { device, approved: 0 }, hint: device };
  }

  override begin([state]: readonly PushState[]): Begun<undefined> {
    const { device } = state!;
    const send = () => Promise.resolve(void this.pushes.sent.push(device));
    return { message: { destination: device, send } };
  }

  read(raw: unknown): string | undefined {
    return raw === 'answered?' ? raw : undefined;
  }

  verify(state: PushState): Verdict<PushState> {
    const answer = this.pushes.answer();
    if (answer === 'none') return { kind: 'waiting' };
    if (answer === 'denied') return { kind: 'wrong' };
    return { kind: 'right', state: { ...state, approved: state.approved + 1 } };
  }
}
