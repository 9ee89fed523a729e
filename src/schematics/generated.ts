/** The source of the class that connects the module to the application's users. A developer completes it. */
export const USER_DIRECTORY = `import { Injectable, Logger } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { type DirectoryUser, UserDirectory } from 'nestjs-mfa';

/**
 * Connects nestjs-mfa to your users. Complete the first two methods: until then, every login is refused. For an example, see
 * node_modules/nestjs-mfa/docs/getting-started.md, "Your users".
 */
@Injectable()
export class AppUserDirectory extends UserDirectory {
  private readonly logger = new Logger(AppUserDirectory.name);

  // Return your user with exactly this name, or null: its \`id\`, its \`passwordHash\`, and whether it is \`active\`.
  async findByUsername(_username: string): Promise<DirectoryUser | null> {
    return this.refuse('findByUsername');
  }

  // Return your user with this id, or null. Ids arrive as text.
  async findById(_id: string): Promise<DirectoryUser | null> {
    return this.refuse('findById');
  }

  // These two are complete. If your hashes have another format, make it and read it here.
  hashPassword(password: string): Promise<string> {
    return hash(password.normalize('NFC'));
  }

  verifyPassword(passwordHash: string, password: string): Promise<boolean> {
    return verify(passwordHash, password.normalize('NFC'));
  }

  private refuse(method: string): null {
    this.logger.error(\`Every login is refused, because \${method} is not written yet.\`);
    return null;
  }
}
`;

/** The Nest module of that class. */
export function userDirectoryModule(specifier: string): string {
  return `import { Module } from '@nestjs/common';
import { AppUserDirectory } from '${specifier}';

// Import here what AppUserDirectory injects, e.g. TypeOrmModule.forFeature([User]).
@Module({
  providers: [AppUserDirectory],
  exports: [AppUserDirectory],
})
export class UserDirectoryModule {}
`;
}

/** What a data source needs, for an application whose options could not be added to. */
export const MIGRATIONS = `import { MFA_ENTITIES, mfaMigrations, MultiFactorAuth } from 'nestjs-mfa';

/** Add these to the option \`migrations\` of your TypeORM data source: \`migrations: [...migrations]\`. */
export const migrations = mfaMigrations();

/** Add these to its option \`entities\`. With \`autoLoadEntities: true\`, you do not need them. */
export const entities = [MultiFactorAuth, ...MFA_ENTITIES];
`;
