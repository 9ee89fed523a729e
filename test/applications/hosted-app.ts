import { Module, type Type } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  BeforeInsert,
  BeforeUpdate,
  Column,
  CreateDateColumn,
  type DataSourceOptions,
  DeleteDateColumn,
  Entity,
  type EntitySubscriberInterface,
  JoinColumn,
  ManyToOne,
  PrimaryGeneratedColumn,
  UpdateDateColumn,
  VersionColumn,
} from 'typeorm';
import { AbstractMultiFactorAuth, MFA_ENTITIES, type MfaModuleOptions, OAuthClients } from '../../src/index.js';
import { OAuthCaller } from '../support/oauth.js';
import type { Outbox } from '../support/outbox.js';
import { enrol } from './enrol.js';
import { mfa } from './orders.js';
import type { StartedApplication } from './start.js';

const fails = (): never => {
  throw new Error('the code of the host');
};

@Entity('teams')
export class Team {
  @PrimaryGeneratedColumn() id!: number;
}

/** An entity with all that TypeORM does on its own for rows that it loads and saves. */
@Entity('hosted_mfa', { orderBy: { note: 'DESC' } })
export class HostedMfa extends AbstractMultiFactorAuth {
  @Column({ type: 'varchar', length: 20, default: 'none', select: false }) note!: string;
  @CreateDateColumn() madeAt!: Date;
  @UpdateDateColumn() changedAt!: Date;
  @VersionColumn({ default: 1 }) revision!: number;
  @DeleteDateColumn() deletedAt?: Date;
  @ManyToOne(() => Team, { eager: true, nullable: true }) @JoinColumn({ name: 'team_id' }) team?: Team;
  @BeforeInsert() @BeforeUpdate() changes = fails;
}

/** Meddles with every row that TypeORM saves or loads. */
export const MEDDLER: EntitySubscriberInterface = {
  beforeInsert: fails,
  beforeUpdate: fails,
  beforeRemove: fails,
  afterLoad: (row: object) => void Object.assign(row, { challengeType: '', userId: '2', expiresAt: new Date(1) }),
};

// Not `autoLoadEntities`: that brings those of every other application in the process, and their names do not suit each data source.
const ENTITIES = [HostedMfa, Team, ...MFA_ENTITIES];

/** A data source, with a name if it is not the default one. */
export type HostedSource = DataSourceOptions & { name?: string };

/** An application with these data sources. The first one with a name, if there is one, is the module's. */
export function hostedApplication(
  sources: readonly HostedSource[],
  outbox: Outbox,
  more: Partial<MfaModuleOptions> = {},
): Type {
  const [named] = sources.flatMap(({ name }) => name ?? []);
  @Module({
    imports: [
      ...sources.map((source) => TypeOrmModule.forRoot({ ...source, entities: ENTITIES, synchronize: true })),
      TypeOrmModule.forFeature([Team], named),
      mfa({
        sms: { sender: outbox.send },
        entity: HostedMfa,
        dataSource: named,
        backupCodes: { onUse: 'keep', count: 2 },
        sessions: { refreshRaceSeconds: 0 },
        ...more,
      }),
    ],
  })
  class AppModule {}
  return AppModule;
}

/** What the module does for a user, one after the other. Gives what each step answered. */
export async function life({ app, client }: StartedApplication, outbox: Outbox): Promise<unknown[]> {
  const kept = await enrol(client, outbox, 'alice');
  const challenged = (await client.login('alice')).body['mfa_required'];
  const mfa_code = outbox.lastCode();
  const wrong = (await client.login('alice', { mfa_code: mfa_code === '000000' ? '000001' : '000000' })).status;
  const [right, again] = [await client.login('alice', { mfa_code }), await client.login('alice', { mfa_code })];
  const token = String(right.body['token']);
  const opened = [(await client.get('/mfa/', { token: kept })).status, (await client.get('/mfa/', { token })).status];
  await client.post('/mfa/logout/', { token });
  const caller = await callerOf(app.get(OAuthClients, { strict: false }), client);
  const { refresh } = await caller.tokens('bob');
  const refreshed = [(await caller.refresh(refresh)).status, (await caller.refresh(refresh)).status];
  const closed = (await client.get('/mfa/', { token })).status;
  return [challenged, wrong, right.status, again.status, ...opened, ...refreshed, closed];
}

/** The answers of an application that nothing of its host has changed. */
export const UNCHANGED = [true, 400, 200, 400, 200, 200, 200, 400, 401];

async function callerOf(clients: OAuthClients, client: StartedApplication['client']): Promise<OAuthCaller> {
  const { clientId, clientSecret } = await clients.create({ name: 'app', grants: ['password'] });
  return new OAuthCaller(client, clientId, clientSecret);
}
