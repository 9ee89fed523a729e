import type { Provider, Type } from '@nestjs/common';
import { MessageOptions } from './limits/message-options.js';
import { BackupCodeOptions } from './challenge/recovery/backup-code-options.js';
import { PhoneNumbers } from './challenge/sms/phone-numbers.js';
import { KeyRing } from './crypto/key-ring.js';
import { CodeOptions } from './challenge/one-time-code.js';
import { optionsOf } from './core/options.js';
import { Words } from './core/words.js';
import { PasswordOptions } from './limits/password-options.js';
import type { MfaValues } from './mfa.options.js';
import { SessionOptions } from './session/session-options.js';
import { StepUpOptions } from './step-up/step-up-options.js';
import { UpkeepOptions } from './upkeep/upkeep-options.js';
import { AttemptOptions } from './limits/attempt-options.js';

/** The DI token of the application's values. */
export const VALUES = Symbol('MFA_VALUES');

/** The application's values, checked, each where it is used. */
export function values(): Provider[] {
  return [
    value(KeyRing, ({ keys }) => new KeyRing(keys)),
    value(Words, ({ words }) => new Words(words)),
    value(CodeOptions, ({ codes }) => optionsOf(CodeOptions, 'codes', codes)),
    value(BackupCodeOptions, ({ backupCodes }) => optionsOf(BackupCodeOptions, 'backupCodes', backupCodes)),
    value(MessageOptions, ({ messages }) => optionsOf(MessageOptions, 'messages', messages)),
    value(PasswordOptions, ({ passwords }) => optionsOf(PasswordOptions, 'passwords', passwords)),
    value(PhoneNumbers, ({ sms }) => new PhoneNumbers(sms?.allowedCountries)),
    value(AttemptOptions, ({ attempts }) => optionsOf(AttemptOptions, 'attempts', attempts)),
    value(SessionOptions, ({ sessions }) => optionsOf(SessionOptions, 'sessions', sessions)),
    value(UpkeepOptions, ({ upkeep: given }) => optionsOf(UpkeepOptions, 'upkeep', given)),
    value(StepUpOptions, ({ stepUp }) => optionsOf(StepUpOptions, 'stepUp', stepUp)),
  ];
}

function value<T>(
  provide: Type<T> | (abstract new (...parts: never[]) => T),
  useFactory: (values: MfaValues) => T,
): Provider {
  return { provide, useFactory, inject: [VALUES] };
}
