import type { Provider } from '@nestjs/common';
import { Access } from './access.js';
import { FactorImport } from './factor-import.js';
import { Identity } from './identity.js';
import { MultiFactorAuthService } from './multi-factor-auth.service.js';

/** The providers with which the application works with a user's MFA, from the ground up. */
export const ACCOUNT_PROVIDERS: Provider[] = [FactorImport, Access, Identity, MultiFactorAuthService];
