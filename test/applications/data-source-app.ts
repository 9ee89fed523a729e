import { Controller, Get, Module, type Type } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { type DataSourceOptions, DeleteDateColumn, Entity } from 'typeorm';
import { AbstractMultiFactorAuth, MultiFactorAuth, type MultiFactorAuthEntity, RequireMfa } from '../../src/index.js';
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

@Entity('softly_deleted_mfa')
export class SoftlyDeletedMfa extends AbstractMultiFactorAuth {
  @DeleteDateColumn() deletedAt?: Date;
}

/** An application whose data source has options that reach into every statement. */
export function dataSourceApplication(
  options: DataSourceOptions,
  outbox: Outbox,
  entity: MultiFactorAuthEntity = MultiFactorAuth,
): Type {
  @Module({
    imports: [
      TypeOrmModule.forRoot({ ...options, autoLoadEntities: true }),
      mfa({
        entity,
        sms: { sender: outbox.send },
        backupCodes: { onUse: 'keep', count: 2 },
        sessions: { refreshRaceSeconds: 0 },
      }),
    ],
    controllers: [VaultController],
  })
  class AppModule {}
  return AppModule;
}
