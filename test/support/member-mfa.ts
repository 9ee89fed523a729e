import {
  Column,
  Entity,
  JoinColumn,
  ManyToOne,
  type MigrationInterface,
  PrimaryColumn,
  type QueryRunner,
  Table,
  TableForeignKey,
} from 'typeorm';
import { AbstractMultiFactorAuth, mfaMigrations } from '../../src/index.js';

/** A user of an application whose ids are numbers. */
@Entity('member')
export class Member {
  @PrimaryColumn({ type: 'integer' })
  id!: number;
}

/** An application's own row of a user's MFA, with a column more. */
@Entity('member_mfa')
export class MemberMfa extends AbstractMultiFactorAuth {
  @PrimaryColumn({ name: 'user_id', type: 'integer' })
  declare userId: string;

  @ManyToOne(() => Member, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id' })
  member!: Member;

  @Column({ name: 'support_note', type: 'varchar', length: 200, default: '' })
  supportNote!: string;
}

export const MEMBER_TABLES = ['mfa_event', 'mfa_oauth_client', 'mfa_session', 'member_mfa'];

class Members1795219300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({ name: 'member', columns: [{ name: 'id', type: 'integer', isPrimary: true }] }),
    );
    const reference = { columnNames: ['user_id'], referencedTableName: 'member', referencedColumnNames: ['id'] };
    await runner.createForeignKey(
      'member_mfa',
      new TableForeignKey({ ...reference, onDelete: 'CASCADE', onUpdate: 'NO ACTION' }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    const table = await runner.getTable('member_mfa');
    await runner.dropForeignKeys('member_mfa', table!.foreignKeys);
    await runner.dropTable('member');
  }
}

/** The module's migrations for that row, and the application's own, which adds the relation. */
export const MEMBER_MIGRATIONS = [
  ...mfaMigrations({
    table: 'member_mfa',
    userId: { type: 'integer' },
    columns: [{ name: 'support_note', type: 'varchar', length: '200', default: "''" }],
  }),
  Members1795219300000,
];
