import { type CanActivate, type ExecutionContext, Injectable, Logger } from '@nestjs/common';
import { MfaError } from '../core/mfa-error.js';
import { type AnnouncedRequest, announcesBody, isReadableType } from './announced-body.js';

/** Refuses a body that no parser has read. Without this, its fields would be told to be missing. */
@Injectable()
export class ParsedBodyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<AnnouncedRequest>();
    const isUnparsed = request.body === undefined || Buffer.isBuffer(request.body);
    if (isUnparsed && announcesBody(request) && isReadableType(request.headers)) throw unparsedBody();
    return true;
  }
}

/** Returns the refusal of a body that the module would read if the application had a parser for it, and tells the log why. */
export function unparsedBody(): MfaError {
  new Logger('MfaModule').error(
    'No body parser has read a request. Take `bodyParser: false` out of NestFactory.create(), or call ' +
      "app.useBodyParser('json') and app.useBodyParser('urlencoded').",
  );
  return new MfaError('unparsed_body');
}
