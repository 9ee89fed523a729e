import { Controller, Get, Header, Module } from '@nestjs/common';
import { inProduction } from '../surroundings.js';
import { Inbox, type InboxMessage } from './inbox.js';

@Controller('inbox')
class InboxController {
  constructor(private readonly inbox: Inbox) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  last(): readonly InboxMessage[] {
    return this.inbox.last();
  }
}

// A reader of the inbox has every code, so production has no such route.
@Module({ controllers: inProduction ? [] : [InboxController], providers: [Inbox], exports: [Inbox] })
export class InboxModule {}
