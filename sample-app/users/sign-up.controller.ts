import { Body, ConflictException, Controller, Post, ValidationPipe } from '@nestjs/common';
import { Length, Matches } from 'class-validator';
import { UsersService } from './users.service.js';

export class SignUpBody {
  // With marks: an é may come as an e and an accent, and is one name with the other spelling.
  @Matches(/^[\p{L}\p{N}][\p{L}\p{M}\p{N}._@+-]{0,63}$/u, {
    message: 'A name has up to 64 letters, digits and . _ @ + - and begins with a letter or a digit.',
  })
  username!: string;

  // Without rules on characters: NIST SP 800-63B asks for length alone.
  @Length(8, 128, { message: 'A password has 8 to 128 characters.' })
  password!: string;
}

@Controller('users')
export class SignUpController {
  constructor(private readonly users: UsersService) {}

  /** Anyone may sign up, and sees whether a name is taken. Yours may confirm an e-mail address first. */
  @Post()
  async signUp(@Body(new ValidationPipe()) { username, password }: SignUpBody): Promise<object> {
    if (!(await this.users.create(username, password))) throw new ConflictException('This name is taken.');
    return { username };
  }
}
