import { HttpCode, Post, Req, Res, type Type, UseGuards } from '@nestjs/common';
import { Clock } from '../core/clock.js';
import { MfaError } from '../core/mfa-error.js';
import { IsProof, readBody } from '../http/body.js';
import { type AddressedRequest, ClientAddress } from '../http/client-address.js';
import { eitherSlash, ModuleController, type ModuleRoutes } from '../http/module-routes.js';
import { TakesBody } from '../http/own-routes.js';
import { SessionGuard } from '../session/session.guard.js';
import { SignedInAnswer } from '../session/signed-in-answer.js';
import { signedIn, type SignedInRequest } from '../session/signed-in-request.js';
import { challengeBody, ChosenMethod, readProof } from '../verification/proof-body.js';
import { promptBody } from '../verification/prompts.js';
import { StepUp } from './step-up.js';
import { StepUpPrompts } from './step-up-prompts.js';

type StepUpRequest = SignedInRequest & AddressedRequest & { body: unknown };

/** The body of a step-up. Without a code, the module sends one. */
export class StepUpBody {
  @IsProof() mfa_code?: unknown;
}

/**
 * `POST /mfa/step-up/` proves the second factor again on a live session. Without `mfa_code` it sends a code and answers
 * `{"mfa_required": true, "mfa_type": "sms", …}`, like a login. With a right one it answers `{"mfa_required": false}`. `/challenge/` and
 * `/verify/` take the same bodies as those of a login. Recovery codes only sign in.
 */
export function stepUpController(routes: ModuleRoutes): Type {
  @ModuleController(routes, 'step-up', 'signedIn')
  @UseGuards(SessionGuard)
  class StepUpController {
    constructor(
      private readonly steps: StepUp,
      private readonly prompts: StepUpPrompts,
      private readonly addresses: ClientAddress,
      private readonly answer: SignedInAnswer,
      private readonly clock: Clock,
    ) {}

    @Post(eitherSlash())
    @TakesBody()
    @HttpCode(200)
    async stepUp(@Req() request: StepUpRequest, @Res() response: unknown): Promise<void> {
      const startedAt = this.clock.now();
      const { mfa_code: proof } = readBody(StepUpBody, request.body);
      const asking = this.askingOf(request);
      if (proof === undefined) return this.answer.send(response, promptBody(await this.prompts.begin(asking)));
      const goesOn = await this.steps.prove(asking.given, asking.row, { proof, startedAt, network: asking.network });
      const waiting = { mfa_required: true, mfa_type: asking.row.challengeType };
      const body = goesOn ? { mfa_required: false } : waiting;
      await this.answer.sendRenewed(asking.given, goesOn, { request, response, body });
    }

    @Post(eitherSlash('challenge'))
    @TakesBody()
    @HttpCode(200)
    async challenge(@Req() request: StepUpRequest, @Res() response: unknown): Promise<void> {
      const { mfa_token, method } = readBody(ChosenMethod, request.body);
      this.answer.send(response, challengeBody(await this.prompts.choose(this.askingOf(request), mfa_token, method)));
    }

    @Post(eitherSlash('verify'))
    @TakesBody()
    @HttpCode(200)
    async verify(@Req() request: StepUpRequest, @Res() response: unknown): Promise<void> {
      const startedAt = this.clock.now();
      const { mfa_token, method, proof } = readProof(request.body);
      const { given, row, network } = this.askingOf(request);
      const sent = { proof, startedAt, network, mfaToken: mfa_token ?? null, method };
      const goesOn = await this.steps.prove(given, row, sent);
      await this.answer.sendRenewed(given, goesOn, { request, response, body: { mfa_required: !goesOn } });
    }

    private askingOf(request: StepUpRequest) {
      const given = signedIn(request);
      if (!given.row?.enabled) throw new MfaError('mfa_disabled');
      return { given, row: given.row, network: this.addresses.networkOf(request) };
    }
  }
  return StepUpController;
}
