import { Delete, Get, HttpCode, Req, Res, type Type, UseGuards } from '@nestjs/common';
import { MfaError } from '../core/mfa-error.js';
import { Answer } from '../http/answer.js';
import { eitherSlash, ModuleController, type ModuleRoutes } from '../http/module-routes.js';
import { SafeFetchGuard } from '../http/safe-fetch.guard.js';
import { SessionGuard } from '../session/session.guard.js';
import { signedIn, type SignedInRequest } from '../session/signed-in-request.js';
import { Freshness } from '../step-up/freshness.js';
import type { MfaSession } from '../store/mfa-session.entity.js';
import { MultiFactorAuthService } from './multi-factor-auth.service.js';

/** `GET` and `DELETE /mfa/`, and `GET /mfa/recovery/`. Deux: `MultiFactorAuthDetail` and `BackupCodeDetail`. */
export function statusController(routes: ModuleRoutes): Type {
  @ModuleController(routes, '', 'signedIn')
  @UseGuards(SessionGuard)
  class StatusController {
    constructor(
      private readonly mfa: MultiFactorAuthService,
      private readonly freshness: Freshness,
      private readonly answer: Answer,
    ) {}

    @Get(eitherSlash())
    async status(@Req() request: SignedInRequest, @Res() response: unknown): Promise<void> {
      this.answer.send(response, await this.mfa.status(signedIn(request).session.userId!));
    }

    @Delete(eitherSlash())
    @HttpCode(204)
    async disable(@Req() request: SignedInRequest, @Res() response: unknown): Promise<void> {
      const { session } = signedIn(request);
      await this.refuseUnlessManageable(session);
      await this.mfa.disable(session.userId!, session);
      this.answer.send(response, undefined, 204);
    }

    @Get(eitherSlash('recovery'))
    @UseGuards(SafeFetchGuard)
    async recovery(@Req() request: SignedInRequest, @Res() response: unknown): Promise<void> {
      const { session } = signedIn(request);
      await this.refuseUnlessManageable(session);
      const codes = await this.mfa.refreshBackupCodes(session.userId!, session);
      this.answer.send(response, { backup_code: codes[0], ...(codes.length > 1 && { backup_codes: codes }) });
    }

    // "Not enabled" comes first: it is what the contract says, and it tells a user nothing new of their own account.
    private async refuseUnlessManageable(session: MfaSession): Promise<void> {
      if (!(await this.mfa.status(session.userId!)).enabled) throw new MfaError('mfa_disabled');
      this.freshness.requireForManagement(session);
    }
  }
  return StatusController;
}
