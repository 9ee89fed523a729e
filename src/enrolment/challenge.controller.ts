import { Put, Req, Res, type Type, UseGuards } from '@nestjs/common';
import { IsDefined } from 'class-validator';
import { type ChallengeClass, metadataOf } from '../challenge/challenge-registry.js';
import { Clock } from '../core/clock.js';
import { IsProof, readBody } from '../http/body.js';
import { type AddressedRequest, ClientAddress } from '../http/client-address.js';
import { eitherSlash, ModuleController, type ModuleRoutes } from '../http/module-routes.js';
import { TakesBody } from '../http/own-routes.js';
import { sentence } from '../http/sentence.js';
import { ManagementScopeGuard } from '../session/management-scope.js';
import { OpenToRecovery } from '../session/recovery-only.js';
import { SessionGuard } from '../session/session.guard.js';
import { SignedInAnswer } from '../session/signed-in-answer.js';
import { signedIn, type SignedInRequest } from '../session/signed-in-request.js';
import { FactorConfirmation } from './factor-confirmation.js';
import { FactorRequest } from './factor-request.js';
import { statusOf } from './mfa-status.js';

/** The body of `PUT /mfa/<type>/verify/`. Deux: `SMSChallengeVerifySerializer`. */
export class VerifyBody {
  @IsDefined({ message: sentence('invalid_mfa_code') })
  @IsProof(sentence('invalid_mfa_code'))
  mfa_code!: unknown;
}

type FactorHttpRequest = SignedInRequest & AddressedRequest & { body: unknown };

/**
 * `PUT /mfa/<type>/request/` and `/verify/` of one challenge. The first takes the challenge's own body.
 * Deux: `SMSChallengeRequestDetail` and `SMSChallengeVerifyDetail`.
 */
export function challengeController(routes: ModuleRoutes, challenge: ChallengeClass): Type {
  const { type } = metadataOf(challenge);

  @ModuleController(routes, type, 'signedIn')
  @UseGuards(SessionGuard, ManagementScopeGuard)
  @OpenToRecovery()
  class ChallengeController {
    constructor(
      private readonly factorRequest: FactorRequest,
      private readonly confirmation: FactorConfirmation,
      private readonly addresses: ClientAddress,
      private readonly answer: SignedInAnswer,
      private readonly clock: Clock,
    ) {}

    @Put(eitherSlash('request'))
    @TakesBody()
    async request(@Req() request: FactorHttpRequest, @Res() response: unknown): Promise<void> {
      const network = this.addresses.networkOf(request);
      const requested = { type, body: request.body, network, startedAt: this.clock.now() };
      const { row, show } = await this.factorRequest.carryOut(signedIn(request), requested);
      this.answer.send(response, { ...statusOf(row), ...(show && { show }) });
    }

    @Put(eitherSlash('verify'))
    @TakesBody()
    async verify(@Req() request: FactorHttpRequest, @Res() response: unknown): Promise<void> {
      const startedAt = this.clock.now();
      const { mfa_code: proof } = readBody(VerifyBody, request.body);
      const given = signedIn(request);
      const { row, goesOn } = await this.confirmation.verify(given, {
        type,
        proof,
        startedAt,
        network: this.addresses.networkOf(request),
      });
      await this.answer.sendRenewed(given, goesOn, { request, response, body: statusOf(row) });
    }
  }
  return ChallengeController;
}
