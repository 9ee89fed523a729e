import type { HttpException } from '@nestjs/common';
import { MfaError } from '../core/mfa-error.js';

/** Says whether an error is Nest's, and not the module's own. By its shape: the application may have another copy of `@nestjs/common`. */
export function isHttpException(error: unknown): error is HttpException {
  if (!(error instanceof Error) || error instanceof MfaError) return false;
  const { getStatus, getResponse } = error as Partial<HttpException>;
  return typeof getStatus === 'function' && typeof getResponse === 'function';
}
