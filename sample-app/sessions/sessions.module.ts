import { Controller, Delete, Get, Header, HttpCode, Module, UseGuards } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CurrentSession, MfaSession, SessionGuard } from 'nestjs-mfa';
import { OwnSessions } from './own-sessions.js';

@Controller('sessions')
@UseGuards(SessionGuard)
class SessionsController {
  constructor(private readonly own: OwnSessions) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  async list(@CurrentSession() current: MfaSession): Promise<object[]> {
    const sessions = await this.own.beside(current);
    return sessions.map(({ id, signedInAt, amr }) => ({ signed_in_at: signedInAt, amr, current: id === current.id }));
  }

  @Delete('others')
  @HttpCode(204)
  endOthers(@CurrentSession() current: MfaSession): Promise<void> {
    return this.own.endOthers(current);
  }
}

/** What users see of their sessions, and how they end them. */
@Module({
  imports: [TypeOrmModule.forFeature([MfaSession])],
  controllers: [SessionsController],
  providers: [OwnSessions],
})
export class SessionsModule {}
