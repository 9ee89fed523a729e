import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { mfa } from '../applications/orders.js';
import { start } from '../applications/start.js';

const source = TypeOrmModule.forRoot({
  type: 'better-sqlite3',
  database: ':memory:',
  autoLoadEntities: true,
  synchronize: true,
  manualInitialization: true,
});

@Module({ imports: [source, mfa()] })
class AppModule {}

describe('a data source with `manualInitialization`', () => {
  it('[F-27] works if it is connected before the application starts', async () => {
    const setUp = async (app: { get(type: typeof DataSource): DataSource }) =>
      void (await app.get(DataSource).initialize());
    const started = await start(AppModule, { setUp });
    expect(await started.client.token('alice')).toHaveLength(43);
    await started.close();
  });

  it('[F-27] is named if it is not', async () => {
    const app = await NestFactory.create(AppModule, { logger: false, abortOnError: false });
    await expect(app.init()).rejects.toThrow(
      'MfaModule: the data source is not connected. With `manualInitialization`, connect it before the application starts',
    );
  });
});
