import { HttpCode, Post, Req, Res, type Type, UseGuards } from '@nestjs/common';
import { Clock } from '../core/clock.js';
import { MfaError } from '../core/mfa-error.js';
import { Answer } from '../http/answer.js';
import { IsProof, readBody } from '../http/body.js';
import { type AddressedRequest, ClientAddress } from '../http/client-address.js';
import { eitherSlash, ModuleController, type ModuleRoutes } from '../http/module-routes.js';
import { TakesBody } from '../http/own-routes.js';
import { SessionGuard } from '../session/session.guard.js';
import { signedIn, type SignedInRequest } from '../session/signed-in-request.js';
import { StepUp } from './step-up.js';

/** The body of a step-up. Without a code, the module sends one. */
class StepUpBody {
  @IsProof() mfa_code?: unknown;
}

/**
 * `POST /mfa/step-up/` proves the second factor again on a live session. Without `mfa_code` it sends a code and answers
 * `{"mfa_required": true, "mfa_type": "sms"}`, like a login. With a right one it answers `{"mfa_required": false}`. Backup codes
 * only sign in.
 */
export function stepUpController(routes: ModuleRoutes): Type {
  @ModuleController(routes, 'step-up', 'signedIn')
  @UseGuards(SessionGuard)
  class StepUpController {
    constructor(
      private readonly steps: StepUp,
      private readonly addresses: ClientAddress,
      private readonly answer: Answer,
      private readonly clock: Clock,
    ) {}

    @Post(eitherSlash())
    @TakesBody()
    @HttpCode(200)
    async stepUp(
      @Req() request: SignedInRequest & AddressedRequest & { body: unknown },
      @Res() response: unknown,
    ): Promise<void> {
      const startedAt = this.clock.now();
      const given = signedIn(request);
      const { mfa_code: proof } = readBody(StepUpBody, request.body);
      if (!given.row?.enabled) throw new MfaError('mfa_disabled');
      const network = this.addresses.networkOf(request);
      const isProven = proof !== undefined && (await this.steps.prove(given, given.row, { proof, startedAt, network }));
      if (proof === undefined) await this.steps.begin(given, given.row, network);
      const challenged = { mfa_required: true, mfa_type: given.row.challengeType };
      this.answer.send(response, isProven ? { mfa_required: false } : challenged);
    }
  }
  return StepUpController;
}
