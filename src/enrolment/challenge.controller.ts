import { Put, Req, Res, type Type, UseGuards } from '@nestjs/common';
import { IsString, Matches } from 'class-validator';
import { type ChallengeClass, metadataOf } from '../challenge/challenge-registry.js';
import { Answer } from '../http/answer.js';
import { readBody } from '../http/body.js';
import { type AddressedRequest, ClientAddress } from '../http/client-address.js';
import { eitherSlash, ModuleController, type ModuleRoutes } from '../http/module-routes.js';
import { sentence } from '../core/words.js';
import { SessionGuard } from '../session/session.guard.js';
import { signedIn, type SignedInRequest } from '../session/signed-in-request.js';
import { FactorConfirmation } from './factor-confirmation.js';
import { FactorRequest } from './factor-request.js';
import { MultiFactorAuthService } from './multi-factor-auth.service.js';

/** The body of `PUT /mfa/<type>/verify/`. Deux: `SMSChallengeVerifySerializer`. */
class VerifyBody {
  @IsString({ message: sentence('invalid_mfa_code') })
  @Matches(/\S/, { message: sentence('invalid_mfa_code') })
  mfa_code!: string;
}

/**
 * `PUT /mfa/<type>/request/` and `/verify/` of one challenge, the first with the challenge's own body.
 * Deux: `SMSChallengeRequestDetail` and `SMSChallengeVerifyDetail`.
 */
export function challengeController(routes: ModuleRoutes, challenge: ChallengeClass): Type {
  const { type, body } = metadataOf(challenge);

  @ModuleController(routes, type, 'signedIn')
  @UseGuards(SessionGuard)
  class ChallengeController {
    constructor(
      private readonly factorRequest: FactorRequest,
      private readonly confirmation: FactorConfirmation,
      private readonly mfa: MultiFactorAuthService,
      private readonly addresses: ClientAddress,
      private readonly answer: Answer,
    ) {}

    @Put(eitherSlash('request'))
    async request(
      @Req() request: SignedInRequest & AddressedRequest & { body: unknown },
      @Res() response: unknown,
    ): Promise<void> {
      const { session } = signedIn(request);
      await this.factorRequest.carryOut(session, {
        type,
        body: readBody(body, request.body),
        address: this.addresses.of(request),
      });
      this.answer.send(response, await this.mfa.status(session.userId!));
    }

    @Put(eitherSlash('verify'))
    async verify(@Req() request: SignedInRequest & { body: unknown }, @Res() response: unknown): Promise<void> {
      const { session } = signedIn(request);
      const { mfa_code } = readBody(VerifyBody, request.body);
      await this.confirmation.verify(session, type, mfa_code);
      this.answer.send(response, await this.mfa.status(session.userId!));
    }
  }
  return ChallengeController;
}
