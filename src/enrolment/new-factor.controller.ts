import { HttpCode, Post, Req, Res, type Type, UseGuards } from '@nestjs/common';
import { Clock } from '../core/clock.js';
import { type AddressedRequest, ClientAddress } from '../http/client-address.js';
import { eitherSlash, ModuleController, type ModuleRoutes } from '../http/module-routes.js';
import { TakesBody } from '../http/own-routes.js';
import { ManagementScopeGuard } from '../session/management-scope.js';
import { OpenToRecovery } from '../session/recovery-only.js';
import { SessionGuard } from '../session/session.guard.js';
import { SignedInAnswer } from '../session/signed-in-answer.js';
import { signedIn, type SignedInRequest } from '../session/signed-in-request.js';
import { readProofOnly } from '../verification/proof-body.js';
import { readNewFactor } from './factor-body.js';
import { FactorConfirmation } from './factor-confirmation.js';
import { FactorRequest } from './factor-request.js';
import { shownFactor } from './shown-factor.js';

type NewFactorRequest = SignedInRequest & AddressedRequest & { body: unknown; params: { id: string } };

/**
 * `POST /mfa/factors/` starts another factor, and `POST /mfa/factors/<id>/verify/` confirms it. A phone is changed by adding the new one
 * and removing the old one: MFA is never off in between.
 */
export function newFactorController(routes: ModuleRoutes): Type {
  @ModuleController(routes, 'factors', 'signedIn')
  @UseGuards(SessionGuard, ManagementScopeGuard)
  @OpenToRecovery()
  class NewFactorController {
    constructor(
      private readonly requests: FactorRequest,
      private readonly confirmation: FactorConfirmation,
      private readonly addresses: ClientAddress,
      private readonly answer: SignedInAnswer,
      private readonly clock: Clock,
    ) {}

    @Post(eitherSlash())
    @TakesBody()
    @HttpCode(201)
    async add(@Req() request: NewFactorRequest, @Res() response: unknown): Promise<void> {
      const { type, name, body } = readNewFactor(request.body);
      const network = this.addresses.networkOf(request);
      const requested = { type, name, body, network, startedAt: this.clock.now(), isAdded: true };
      const { factor, show } = await this.requests.carryOut(signedIn(request), requested);
      this.answer.send(response, { ...shownFactor(factor), ...(show && { show }) }, 201);
    }

    @Post(eitherSlash(':id/verify'))
    @TakesBody()
    @HttpCode(200)
    async verify(@Req() request: NewFactorRequest, @Res() response: unknown): Promise<void> {
      const [startedAt, network] = [this.clock.now(), this.addresses.networkOf(request)];
      const proof = readProofOnly(request.body);
      const given = signedIn(request);
      const sent = { factorId: request.params.id, proof, startedAt, network };
      const { factor, goesOn } = await this.confirmation.verifyOne(given, sent);
      await this.answer.sendRenewed(given, goesOn, { request, response, body: shownFactor(factor) });
    }
  }
  return NewFactorController;
}
