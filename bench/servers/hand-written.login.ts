import { Injectable, UnauthorizedException } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { createHash, randomBytes } from 'node:crypto';
import { LessThan, LessThanOrEqual, Repository } from 'typeorm';
import { acceptedStep, codeAt } from '../totp.js';
import { verifyFast } from './fast-hash.js';
import { SecondFactor, Token } from './hand-written.entities.js';
import { HeldClock } from './held-clock.js';
import { User } from './user.entity.js';

const COOLDOWN_SECONDS = 60;
const TOKEN_SECONDS = 86_400;

/** What sends text messages. */
export abstract class SmsGateway {
  abstract send(phoneNumber: string, text: string): Promise<void>;
}

/**
 * The login that a good engineer writes in an afternoon: each code works once and tokens are kept as hashes. It limits
 * neither passwords nor guesses.
 */
@Injectable()
export class HandWrittenLogin {
  constructor(
    @InjectRepository(User) private readonly users: Repository<User>,
    @InjectRepository(SecondFactor) private readonly factors: Repository<SecondFactor>,
    @InjectRepository(Token) private readonly tokens: Repository<Token>,
    private readonly clock: HeldClock,
    private readonly gateway: SmsGateway,
  ) {}

  async login(username: string, password: string, code?: string): Promise<object> {
    const user = await this.users.findOneBy({ username });
    if (!user?.active || !verifyFast(user.passwordHash, password)) throw new UnauthorizedException();
    const factor = await this.factors.findOneBy({ userId: user.id });
    if (!factor) return { token: await this.issueToken(user.id) };
    if (code === undefined) return this.prompt(factor);
    await this.spend(factor, code);
    return { token: await this.issueToken(user.id) };
  }

  private async prompt(factor: SecondFactor): Promise<object> {
    if (factor.type === 'sms') await this.sendCode(factor);
    return { mfa_required: true, mfa_type: factor.type };
  }

  private async sendCode({ userId, phoneNumber, secret }: SecondFactor): Promise<void> {
    const now = this.seconds();
    // Written before it is sent: of many requests at once, one sends.
    const { affected } = await this.factors.update(
      { userId, lastSentAt: LessThanOrEqual(now - COOLDOWN_SECONDS) },
      { lastSentAt: now },
    );
    if (affected === 1) await this.gateway.send(phoneNumber, `Your code is ${codeAt(secret, this.clock.now())}`);
  }

  private async spend({ userId, secret, lastStep }: SecondFactor, code: string): Promise<void> {
    const step = acceptedStep(secret, code, this.clock.now(), lastStep);
    if (step === null) throw new UnauthorizedException();
    // Only where the step is still unused: two requests with one code have both passed the line above.
    const { affected } = await this.factors.update({ userId, lastStep: LessThan(step) }, { lastStep: step });
    if (affected !== 1) throw new UnauthorizedException();
  }

  private async issueToken(userId: string): Promise<string> {
    const token = randomBytes(32).toString('base64url');
    const hash = createHash('sha256').update(token).digest('hex');
    await this.tokens.insert({ hash, userId, expiresAt: this.seconds() + TOKEN_SECONDS });
    return token;
  }

  private seconds(): number {
    return Math.floor(this.clock.now().getTime() / 1000);
  }
}
