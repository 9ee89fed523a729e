import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { MfaSession, Sessions } from 'nestjs-mfa';
import { MoreThan, type Repository } from 'typeorm';

/** The sessions of one user. */
@Injectable()
export class OwnSessions {
  constructor(
    @InjectRepository(MfaSession) private readonly rows: Repository<MfaSession>,
    private readonly sessions: Sessions,
  ) {}

  /** The live sessions of the user of this one, newest first. */
  beside({ userId, authEpoch }: MfaSession): Promise<MfaSession[]> {
    // Those of an earlier epoch are over, and their rows are removed later. `SessionGuard` lets in sessions of users alone.
    const live = { userId: userId!, authEpoch, idleExpiresAt: MoreThan(new Date()), expiresAt: MoreThan(new Date()) };
    return this.rows.find({ where: live, order: { signedInAt: 'DESC' } });
  }

  /** Ends all of them but this one. */
  async endOthers(session: MfaSession): Promise<void> {
    const others = (await this.beside(session)).filter(({ id }) => id !== session.id);
    await Promise.all(others.map(({ id }) => this.sessions.end(id)));
  }
}
