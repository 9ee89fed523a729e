import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Injectable, Module, type Type, UseFilters, UseGuards } from '@nestjs/common';
import { Args, Field, GraphQLModule, Int, ObjectType, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import {
  CurrentSession,
  CurrentUser,
  MfaErrorFilter,
  MultiFactorAuthService,
  RequireMfa,
  SessionGuard,
} from '../../src/index.js';
import { database, mfa, Orders, OrdersModule } from './orders.js';

/** A database row whose columns can imitate a request. */
@Injectable()
export class Rows {
  row: Record<string, unknown> = { id: 1 };
}

@ObjectType()
class Order {
  @Field(() => Int)
  id!: number;

  @Field(() => String, { nullable: true })
  note?: string | null;

  @Field(() => String, { nullable: true })
  secret?: string | null;

  @Field(() => String, { nullable: true })
  vault?: string | null;

  @Field(() => String, { nullable: true })
  owner?: string | null;
}

@Resolver(() => Order)
class OrderResolver {
  constructor(
    private readonly orders: Orders,
    private readonly rows: Rows,
    private readonly service: MultiFactorAuthService,
  ) {}

  @Query(() => Order)
  order(): object {
    return this.rows.row;
  }

  @Query(() => Order, { nullable: true })
  @UseGuards(SessionGuard)
  guarded(): object {
    return this.orders.note({ id: 2 });
  }

  @Query(() => String, { nullable: true })
  user(@CurrentUser() user: unknown): string {
    return String(this.orders.note(user));
  }

  @Query(() => String, { nullable: true })
  session(@CurrentSession() session: unknown): string {
    return String(this.orders.note(session));
  }

  @Query(() => String, { nullable: true })
  @UseFilters(MfaErrorFilter)
  async off(@Args('user') user: string): Promise<string> {
    await this.service.disable(user);
    return 'off';
  }

  @ResolveField(() => String, { nullable: true })
  note(@Parent() parent: Record<string, unknown>): string {
    return Object.keys(parent).join();
  }

  @ResolveField(() => String, { nullable: true })
  @UseGuards(SessionGuard)
  secret(): string {
    return this.orders.note('the secret');
  }

  @ResolveField(() => String, { nullable: true })
  @RequireMfa()
  vault(): string {
    return this.orders.note('the vault');
  }

  @ResolveField(() => String, { nullable: true })
  owner(@CurrentUser() user: unknown): string {
    return JSON.stringify(this.orders.note(user));
  }
}

/** An application with a GraphQL API, whose field resolvers have guards. */
export function graphqlApplication(): Type {
  @Module({
    imports: [
      database(),
      mfa(),
      OrdersModule,
      GraphQLModule.forRoot<ApolloDriverConfig>({
        driver: ApolloDriver,
        autoSchemaFile: true,
        fieldResolverEnhancers: ['guards', 'filters', 'interceptors'],
      }),
    ],
    providers: [OrderResolver, Rows],
  })
  class AppModule {}
  return AppModule;
}
