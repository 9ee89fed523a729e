import { HttpCode, Post, Req, Res, type Type, UseGuards } from '@nestjs/common';
import { IsNotEmpty, IsString, ValidateIf } from 'class-validator';
import { MfaError } from '../core/mfa-error.js';
import { Answer } from '../http/answer.js';
import { readBody } from '../http/body.js';
import { type AddressedRequest, ClientAddress } from '../http/client-address.js';
import { eitherSlash, ModuleController, type ModuleRoutes } from '../http/module-routes.js';
import { SessionGuard } from '../session/session.guard.js';
import { Sessions } from '../session/sessions.js';
import { signedIn, type SignedInRequest } from '../session/signed-in-request.js';
import { MultiFactorAuthStore } from '../store/multi-factor-auth.store.js';
import { FactorPrompt } from '../verification/factor-prompt.js';
import { FactorProof } from '../verification/factor-proof.js';

/** The body of a step-up. Without a code, one is sent. */
class StepUpBody {
  @ValidateIf((_, value) => value !== undefined) @IsString() @IsNotEmpty() mfa_code?: string;
}

/**
 * `POST /mfa/step-up/` proves the second factor again on a live session. Without `mfa_code` it sends a code and answers
 * as login does, `{"mfa_required": true, "mfa_type": "sms"}`; with it, `{"mfa_required": false}`, and the session is
 * fresh. Backup codes are for signing in only.
 */
export function stepUpController(routes: ModuleRoutes): Type {
  @ModuleController(routes, 'step-up', 'signedIn')
  @UseGuards(SessionGuard)
  class StepUpController {
    constructor(
      private readonly store: MultiFactorAuthStore,
      private readonly factorPrompt: FactorPrompt,
      private readonly proof: FactorProof,
      private readonly sessions: Sessions,
      private readonly addresses: ClientAddress,
      private readonly answer: Answer,
    ) {}

    @Post(eitherSlash())
    @HttpCode(200)
    async stepUp(
      @Req() request: SignedInRequest & AddressedRequest & { body: unknown },
      @Res() response: unknown,
    ): Promise<void> {
      const { session } = signedIn(request);
      const { mfa_code } = readBody(StepUpBody, request.body);
      const record = await this.store.find(session.userId!);
      if (!record?.enabled) throw new MfaError('mfa_disabled');
      if (mfa_code === undefined) {
        await this.factorPrompt.send(record, 'step-up', this.addresses.of(request));
        return this.answer.send(response, { mfa_required: true, mfa_type: record.challengeType });
      }
      const proven = await this.proof.code(record, mfa_code, 'step-up');
      if (!proven) throw new MfaError('invalid_mfa_code');
      await this.sessions.recordFactor(session, proven.amr);
      this.answer.send(response, { mfa_required: false });
    }
  }
  return StepUpController;
}
