import { Controller, Get, Module, type Type } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { DataSourceOptions } from 'typeorm';
import { RequireMfa } from '../../src/index.js';
import { Outbox } from '../support/outbox.js';
import { mfa } from './orders.js';

@Controller('vault')
class VaultController {
  @Get()
  @RequireMfa()
  vault(): object {
    return { open: true };
  }
}

/** An application whose data source has options that reach into every statement. */
export function dataSourceApplication(options: DataSourceOptions, outbox: Outbox): Type {
  @Module({
    imports: [
      TypeOrmModule.forRoot({ ...options, autoLoadEntities: true }),
      mfa({ sms: { sender: outbox.send }, backupCodes: { onUse: 'keep', count: 2 } }),
    ],
    controllers: [VaultController],
  })
  class AppModule {}
  return AppModule;
}
