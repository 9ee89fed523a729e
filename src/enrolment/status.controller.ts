import { Delete, Get, HttpCode, Req, Res, type Type, UseGuards } from '@nestjs/common';
import { type AddressedRequest, ClientAddress } from '../http/client-address.js';
import { eitherSlash, ModuleController, type ModuleRoutes } from '../http/module-routes.js';
import { ParsesBody } from '../http/own-routes.js';
import { SafeFetchGuard } from '../http/safe-fetch.guard.js';
import { ManagementScopeGuard } from '../session/management-scope.js';
import { OpenToRecovery } from '../session/recovery-only.js';
import { SessionGuard } from '../session/session.guard.js';
import { SignedInAnswer } from '../session/signed-in-answer.js';
import { signedIn, type SignedInRequest } from '../session/signed-in-request.js';
import { Freshness } from '../step-up/freshness.js';
import { namedUser } from '../users/user-directory.js';
import { BackupCodeSet } from './backup-code-set.js';
import { manageable } from './manageable.js';
import { statusOf } from './mfa-status.js';
import { Removal } from './removal.js';

/** `GET` and `DELETE /mfa/`, and `GET /mfa/recovery/`. Deux: `MultiFactorAuthDetail` and `BackupCodeDetail`. */
export function statusController(routes: ModuleRoutes): Type {
  @ModuleController(routes, '', 'signedIn')
  @UseGuards(SessionGuard)
  class StatusController {
    constructor(
      private readonly removal: Removal,
      private readonly backupCodes: BackupCodeSet,
      private readonly freshness: Freshness,
      private readonly answer: SignedInAnswer,
      private readonly addresses: ClientAddress,
    ) {}

    @Get(eitherSlash())
    @OpenToRecovery()
    status(@Req() request: SignedInRequest, @Res() response: unknown): void {
      this.answer.send(response, statusOf(signedIn(request).row));
    }

    // Not open to a session that may only recover: the account would be left with the password alone.
    @Delete(eitherSlash())
    @ParsesBody()
    @UseGuards(ManagementScopeGuard)
    @HttpCode(204)
    async disable(@Req() request: SignedInRequest & AddressedRequest, @Res() response: unknown): Promise<void> {
      const given = manageable(request, this.freshness);
      const goesOn = await this.removal.bySession(given.session, given.row, this.addresses.networkOf(request));
      await this.answer.sendRenewed(given, goesOn, { request, response });
    }

    @Get(eitherSlash('recovery'))
    @OpenToRecovery()
    @UseGuards(SafeFetchGuard, ManagementScopeGuard)
    async recovery(@Req() request: SignedInRequest & AddressedRequest, @Res() response: unknown): Promise<void> {
      const { session, user, row } = manageable(request, this.freshness);
      const network = this.addresses.networkOf(request);
      const codes = await this.backupCodes.renew(namedUser(user), session, row, network);
      this.answer.send(response, { backup_code: codes[0], ...(codes.length > 1 && { backup_codes: codes }) });
    }
  }
  return StatusController;
}
