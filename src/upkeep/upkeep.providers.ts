import type { Provider } from '@nestjs/common';
import { DeadRequests } from './dead-requests.js';
import { KeyRotation } from './key-rotation.js';
import { UpkeepTimer } from './upkeep-timer.js';
import { Upkeep } from './upkeep.js';

/** The providers that remove old rows and rotate keys, from the ground up. */
export const UPKEEP_PROVIDERS: Provider[] = [KeyRotation, DeadRequests, Upkeep, UpkeepTimer];
