import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { type AnnouncedRequest, announcesBody, isReadableType } from './announced-body.js';
import { unparsedBody } from './body-refusals.js';

/** Refuses a body that no parser has read. Otherwise the answer would say that its fields are missing. */
@Injectable()
export class ParsedBodyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<AnnouncedRequest>();
    const isUnparsed = request.body === undefined || Buffer.isBuffer(request.body);
    if (isUnparsed && announcesBody(request) && isReadableType(request.headers)) throw unparsedBody();
    return true;
  }
}
