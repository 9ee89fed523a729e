import type { Provider, Type } from '@nestjs/common';
import { NestCore } from '../core/nest-core.js';
import { createShared } from '../core/scopes.js';
import { Cipher } from './cipher.js';
import type { KeyProvider } from './key-provider.js';
import { KeyRing } from './key-ring.js';
import { KeyedHash } from './keyed-hash.js';
import { TokenCipher } from './token-cipher.js';

/** Returns the providers that seal and hash. @param keyProvider the application's key service */
export function cryptoProviders({ keyProvider }: { keyProvider?: Type<KeyProvider> }): Provider[] {
  return [
    {
      provide: Cipher,
      inject: [KeyRing, NestCore],
      useFactory: async (keys: KeyRing, { modules }: NestCore) =>
        new Cipher(keys, keyProvider && (await createShared<KeyProvider>(modules, 'keyProvider', keyProvider))),
    },
    KeyedHash,
    TokenCipher,
  ];
}
