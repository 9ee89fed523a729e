import { Delete, Get, HttpCode, Patch, Req, Res, type Type, UseGuards } from '@nestjs/common';
import { readBody } from '../http/body.js';
import { type AddressedRequest, ClientAddress } from '../http/client-address.js';
import { eitherSlash, ModuleController, type ModuleRoutes } from '../http/module-routes.js';
import { TakesBody } from '../http/own-routes.js';
import { ManagementScopeGuard } from '../session/management-scope.js';
import { OpenToRecovery } from '../session/recovery-only.js';
import { SessionGuard } from '../session/session.guard.js';
import { SignedInAnswer } from '../session/signed-in-answer.js';
import { signedIn, type SignedInRequest } from '../session/signed-in-request.js';
import { Freshness } from '../step-up/freshness.js';
import { FactorChangeBody } from './factor-body.js';
import { Factors } from './factors.js';
import { manageable } from './manageable.js';
import { shownFactor } from './shown-factor.js';

type OneFactorRequest = SignedInRequest & AddressedRequest & { body: unknown; params: { id: string } };

/** `GET /mfa/factors/` lists a user's factors, `PATCH` and `DELETE /mfa/factors/<id>/` change and remove one. */
export function factorsController(routes: ModuleRoutes): Type {
  @ModuleController(routes, 'factors', 'signedIn')
  @UseGuards(SessionGuard)
  class FactorsController {
    constructor(
      private readonly factors: Factors,
      private readonly freshness: Freshness,
      private readonly addresses: ClientAddress,
      private readonly answer: SignedInAnswer,
    ) {}

    @Get(eitherSlash())
    @OpenToRecovery()
    list(@Req() request: SignedInRequest, @Res() response: unknown): void {
      const { row } = signedIn(request);
      const factors = row?.enabled ? this.factors.of(row) : [];
      this.answer.send(
        response,
        factors.map((factor, index) => shownFactor(factor, index === 0)),
      );
    }

    @Patch(eitherSlash(':id'))
    @TakesBody()
    @UseGuards(ManagementScopeGuard)
    async change(@Req() request: OneFactorRequest, @Res() response: unknown): Promise<void> {
      const change = readBody(FactorChangeBody, request.body);
      const given = manageable(request, this.freshness);
      const { row, signal } = await this.factors.change(given, this.askedBy(request), change);
      const factors = this.factors.of(row);
      const place = factors.findIndex(({ id }) => id === request.params.id);
      this.answer.send(response, { ...shownFactor(factors[place]!, place === 0), ...(signal && { signal }) });
    }

    @Delete(eitherSlash(':id'))
    @UseGuards(ManagementScopeGuard)
    @HttpCode(204)
    async remove(@Req() request: OneFactorRequest, @Res() response: unknown): Promise<void> {
      const given = manageable(request, this.freshness);
      const { goesOn, signal } = await this.factors.remove(given, this.askedBy(request));
      await this.answer.sendRenewed(given, goesOn, { request, response, body: signal && { signal } });
    }

    private askedBy(request: OneFactorRequest): { id: string; network: string } {
      return { id: request.params.id, network: this.addresses.networkOf(request) };
    }
  }
  return FactorsController;
}
