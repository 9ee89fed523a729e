import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Column, Entity, JoinColumn, OneToOne, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { afterEach, describe, expect, it } from 'vitest';
import { AbstractMultiFactorAuth } from '../../src/index.js';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { codeByLogin, enrolled } from '../support/enrolled.js';

@Entity()
class Member {
  @PrimaryGeneratedColumn()
  id!: number;
}

@Entity()
class MemberMfa extends AbstractMultiFactorAuth {
  @PrimaryColumn({ name: 'user_id', type: 'integer' })
  declare userId: string;

  @OneToOne(() => Member, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id' })
  member!: Member;

  @Column({ name: 'note', type: 'varchar', default: '' })
  note!: string;
}

@Module({ imports: [TypeOrmModule.forFeature([Member])] })
class MembersModule {}

describe("an application's own entity", () => {
  let booted: BootedApp;
  afterEach(() => booted.close());

  it('has columns of its own, a number for the id, and a relation to the user', async () => {
    booted = await bootApp({ imports: [MembersModule], mfa: { entity: MemberMfa } });
    await booted.database.getRepository(Member).insert([{}, {}, {}, {}]);
    await enrolled(booted, 'bob');
    const mfa_code = await codeByLogin(booted, 'bob');
    expect((await booted.client.login('bob', { mfa_code })).status).toBe(200);
    const row = await booted.database
      .getRepository(MemberMfa)
      .findOneOrFail({ where: { member: { id: 2 } }, relations: { member: true } });
    expect(row).toMatchObject({ enabled: true, phoneNumber: '14085550101', note: '', member: { id: 2 } });
  });
});
