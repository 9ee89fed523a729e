import { HttpCode, Post, Req, Res, type Type } from '@nestjs/common';
import { readBody } from '../../http/body.js';
import { type AddressedRequest, ClientAddress } from '../../http/client-address.js';
import type { ConnectedRequest } from '../../http/connection.js';
import { eitherSlash, ModuleController, type ModuleRoutes } from '../../http/module-routes.js';
import { TakesBody } from '../../http/own-routes.js';
import { SignedInAnswer } from '../../session/signed-in-answer.js';
import { challengeBody, ChosenMethod, readProof } from '../../verification/proof-body.js';
import { Login } from '../login.js';
import { MfaLogin } from '../mfa-login.js';
import { OpenSession } from '../open-session.js';
import { remainingCodes } from '../remaining-codes.js';
import { signInBody } from '../sign-in-body.js';
import { callerOf } from '../caller.js';

type PendingLoginRequest = AddressedRequest & ConnectedRequest & { body: unknown };

/**
 * `POST /mfa/login/challenge/` chooses a method of a pending login, or asks for another message. `POST /mfa/login/verify/` takes the proof
 * and opens the session, or has the application issue its own credential. Neither needs the password: the `mfa_token` stands for it.
 */
export function pendingLoginController(routes: ModuleRoutes): Type {
  @ModuleController(routes, 'login', 'public')
  class PendingLoginController {
    constructor(
      private readonly login: Login,
      private readonly sessions: OpenSession,
      private readonly ownLogin: MfaLogin,
      private readonly addresses: ClientAddress,
      private readonly answer: SignedInAnswer,
    ) {}

    // Of OAuth2 clients too, without their secret: it gives no token, and a client with the mfa_token could have asked for the message by the
    // password. The limits of messages are the user's. Only the token route, where the client authenticates, takes the proof.
    @Post(eitherSlash('challenge'))
    @TakesBody()
    @HttpCode(200)
    async challenge(@Req() request: PendingLoginRequest, @Res() response: unknown): Promise<void> {
      const { mfa_token, method } = readBody(ChosenMethod, request.body);
      const prompt = await this.login.choose(mfa_token, { method, ...callerOf(request, this.addresses) });
      this.answer.send(response, challengeBody(prompt));
    }

    @Post(eitherSlash('verify'))
    @TakesBody()
    @HttpCode(200)
    async verify(@Req() request: PendingLoginRequest, @Res() response: unknown): Promise<void> {
      if (this.answer.isOwn) return this.verifyOwn(request, response);
      const { mfa_token, method, proof } = readProof(request.body);
      const attempt = await this.login.resume(mfa_token, callerOf(request, this.addresses));
      const outcome = await this.sessions.signIn(attempt, { mfaCode: proof, method });
      this.answer.send(response, signInBody(outcome));
    }

    private async verifyOwn(request: PendingLoginRequest, response: unknown): Promise<void> {
      const login = await this.ownLogin.finish(request.body, request);
      if (login.required) return this.answer.send(response, login.answer);
      const body = remainingCodes(login.recoveryCodesRemaining);
      await this.answer.sendIssued(login.user, login.claims, { request, response, body });
    }
  }
  return PendingLoginController;
}
