import type { Provider } from '@nestjs/common';
import { Attempts } from './attempts.js';
import { CountryCounters } from './country-counters.js';
import { GatewayBreaker } from './gateway-breaker.js';
import { KnownNetworks } from './known-networks.js';
import { MessageQuotas } from './message-quotas.js';
import { PasswordAttempts } from './password-attempts.js';
import { PasswordLimits } from './password-limits.js';
import { QuotaWarnings } from './quota-warnings.js';
import { RateLimits } from './rate-limits.js';
import { VerifiedShare } from './verified-share.js';

/** The providers that count passwords, proofs and messages, from the ground up. */
export const LIMITS_PROVIDERS: Provider[] = [
  RateLimits,
  Attempts,
  KnownNetworks,
  PasswordLimits,
  PasswordAttempts,
  CountryCounters,
  VerifiedShare,
  GatewayBreaker,
  QuotaWarnings,
  MessageQuotas,
];
