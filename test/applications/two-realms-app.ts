import { Injectable, Module, type Type } from '@nestjs/common';
import { Entity } from 'typeorm';
import { AbstractMultiFactorAuth, MfaModule, type MfaModuleOptions } from '../../src/index.js';
import { TEST_KEY } from '../support/boot-app.js';
import { TestUsers } from '../support/test-users.js';
import { database } from './orders.js';

@Entity('customer_mfa')
class CustomerMfa extends AbstractMultiFactorAuth {}

@Entity('staff_mfa')
class StaffMfa extends AbstractMultiFactorAuth {}

@Injectable()
class Customers extends TestUsers {}

@Injectable()
class Staff extends TestUsers {}

@Module({ providers: [Customers, Staff], exports: [Customers, Staff] })
class PeopleModule {}

const CUSTOMERS: MfaModuleOptions = {
  imports: [PeopleModule],
  users: Customers,
  entity: CustomerMfa,
  keys: [TEST_KEY],
  path: 'customers/mfa',
};

const STAFF: MfaModuleOptions = {
  imports: [PeopleModule],
  users: Staff,
  entity: StaffMfa,
  keys: ['UWd5vQm9p8b0s1n3rY4kT7xZc6L2hJfEaR0oPqWtXyU='],
  path: 'staff/mfa',
};

/** The module with users of one kind, to be loaded beside another. */
export const staffMfa = (more: Partial<MfaModuleOptions> = {}) => MfaModule.forRoot({ ...STAFF, ...more });

/** An application with two kinds of users, each with the module for itself. */
export function twoRealms(more: Partial<MfaModuleOptions> = {}): Type {
  @Module({ imports: [MfaModule.forRoot({ ...CUSTOMERS, ...more })] })
  class CustomersModule {}

  @Module({ imports: [staffMfa(more)] })
  class StaffModule {}

  @Module({ imports: [database(), CustomersModule, StaffModule] })
  class AppModule {}
  return AppModule;
}

/** An application that imports the module in several places of its own: it is one and the same. */
export function oneRealm(): Type {
  const mfa = MfaModule.forRoot({ ...CUSTOMERS, path: 'mfa' });

  @Module({ imports: [mfa] })
  class OrdersModule {}

  @Module({ imports: [database(), mfa, OrdersModule] })
  class AppModule {}
  return AppModule;
}
