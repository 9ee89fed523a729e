import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import {
  Controller,
  Get,
  Injectable,
  Module,
  NotFoundException,
  Post,
  type Type,
  UseInterceptors,
} from '@nestjs/common';
import { type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import {
  Args,
  Context,
  Field,
  GraphQLModule,
  ID,
  InputType,
  Mutation,
  ObjectType,
  Parent,
  Query,
  ResolveField,
  Resolver,
} from '@nestjs/graphql';
import { JwtModule, JwtService } from '@nestjs/jwt';
import { PassportModule } from '@nestjs/passport';
import { map, type Observable } from 'rxjs';
import type { Outbox } from '../support/outbox.js';
import { TestUsers } from '../support/test-users.js';
import {
  JWT_SECRET,
  JwtAuthGuard,
  JwtStrategy,
  Public,
  Tracked,
  TrackingFilter,
  adoptedMfa,
  PayoutController,
} from './documented.js';
import { database } from './orders.js';

@ObjectType()
class Author {
  @Field(() => ID) id!: string;
  @Field(() => String) name!: string;
  @Field(() => [String]) posts!: string[];
}

@InputType()
class NewAuthor {
  @Field(() => String) name!: string;
}

@Injectable()
class Shout implements NestInterceptor {
  intercept(_: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map((author: Author) => ({ ...author, name: author.name.toUpperCase() })));
  }
}

@Resolver(() => Author)
class AuthorsResolver {
  @Public()
  @Query(() => Author)
  @UseInterceptors(Shout)
  author(@Args('id', { type: () => ID }) id: string): object {
    return { id, name: 'Ada' };
  }

  @Query(() => String)
  me(@Context() { req }: { req: { user: { username: string } } }): string {
    return req.user.username;
  }

  @Public()
  @Query(() => Author)
  missing(): never {
    throw new NotFoundException('No such author');
  }

  @Public()
  @Query(() => Author)
  broken(): never {
    throw new TypeError('the pen is dry');
  }

  @Mutation(() => Author)
  create(@Args('author') { name }: NewAuthor): object {
    return { id: '2', name };
  }

  @ResolveField(() => [String])
  posts(@Parent() { id }: Author): string[] {
    return [`post of ${id}`];
  }
}

@Controller()
class AppController {
  constructor(private readonly jwt: JwtService) {}

  @Public()
  @Get('health')
  health(): object {
    return { up: true };
  }

  @Public()
  @Post('token')
  token(): object {
    return { access_token: this.jwt.sign({ sub: 1, username: 'alice' }, { noTimestamp: true }) };
  }
}

@Module({
  imports: [PassportModule, JwtModule.register({ global: true, secret: JWT_SECRET })],
  providers: [TestUsers, JwtStrategy],
  exports: [TestUsers],
})
class AuthModule {}

/** A GraphQL API behind a global guard, as Nest's documentation has it, before or after it has adopted the module. */
export function documentedGraphqlApplication(outbox?: Outbox): Type {
  const adopted = outbox ? [adoptedMfa(AuthModule, outbox)] : [];

  @Module({
    imports: [
      database(),
      AuthModule,
      GraphQLModule.forRoot<ApolloDriverConfig>({
        driver: ApolloDriver,
        autoSchemaFile: true,
        context: (req: object, res: object) => ('req' in req ? req : { req, res }),
      }),
      ...adopted,
    ],
    controllers: [AppController, ...(outbox ? [PayoutController] : [])],
    providers: [
      AuthorsResolver,
      Tracked,
      { provide: APP_FILTER, useClass: TrackingFilter },
      { provide: APP_GUARD, useClass: JwtAuthGuard },
    ],
  })
  class AppModule {}
  return AppModule;
}
