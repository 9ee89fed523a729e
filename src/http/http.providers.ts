import type { Provider } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { Answer } from './answer.js';
import { ClientAddress } from './client-address.js';
import { Interceptors } from './interceptors.js';
import { MfaErrorFilter } from './mfa-exception.filter.js';
import { ModulePath } from './module-path.js';
import { OtherMethods } from './other-methods.js';
import { RequestBodies } from './request-bodies.js';
import { ResponseHeaders } from './response-headers.js';
import { UnreadableBody } from './unreadable-body.js';

/** Returns the providers that read requests and send answers. */
export function httpProviders({ path }: { path: string }): Provider[] {
  return [
    { provide: ModulePath, useValue: new ModulePath(path) },
    Answer,
    ClientAddress,
    ResponseHeaders,
    UnreadableBody,
    RequestBodies,
    Interceptors,
    OtherMethods,
    { provide: APP_FILTER, useClass: MfaErrorFilter },
  ];
}
