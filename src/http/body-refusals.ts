import { Logger } from '@nestjs/common';
import { MfaError } from '../core/mfa-error.js';

/** Returns the refusal of an unreadable body. */
export function malformedBody(status = 400): MfaError {
  return new MfaError('malformed_body', { status });
}

/** Returns the refusal of a readable body that no parser has read, and logs how to add a parser. */
export function unparsedBody(): MfaError {
  new Logger('MfaModule').error(
    'No body parser has read a request. Take `bodyParser: false` out of NestFactory.create(), or call ' +
      "app.useBodyParser('json') and app.useBodyParser('urlencoded').",
  );
  return new MfaError('unparsed_body');
}
