import {
  ConfigurableModuleBuilder,
  type DynamicModule,
  Inject,
  Module,
  Optional,
  type NestModule,
  type Provider,
  type Type,
} from '@nestjs/common';
import { ChallengeRegistry } from './challenge/challenge-registry.js';
import { SmsDelivery } from './challenge/sms/sms-delivery.js';
import { Clock } from './core/clock.js';
import { Misconfiguration } from './core/misconfiguration.js';
import { NestCore } from './core/nest-core.js';
import { MODULE_MARK } from './core/imported-once.js';
import { UserDirectory } from './users/user-directory.js';
import { Words } from './core/words.js';
import { MultiFactorAuthService } from './account/multi-factor-auth.service.js';
import { ErrorFormat } from './http/error-format.js';
import { Answer } from './http/answer.js';
import { Interceptors } from './http/interceptors.js';
import { CONTROLLERS } from './http/own-routes.js';
import { excludeBothSpellings } from './http/prefix-exclusions.js';
import { RequestBodies } from './http/request-bodies.js';
import { ResponseHeaders } from './http/response-headers.js';
import { Login } from './login/login.js';
import { MfaLogin } from './login/mfa-login.js';
import { OAuthClients } from './login/oauth2/oauth-clients.js';
import { OpenSession } from './login/open-session.js';
import { MfaOpenApi } from './openapi/mfa-open-api.js';
import { checkAsyncOptions, checkOptions, checkStructure } from './mfa.checks.js';
import {
  type MfaModuleAsyncOptions,
  type MfaModuleOptions,
  type MfaValues,
  GIVEN,
  NO_STRUCTURE,
  type Structure,
  structureOf,
} from './mfa.options.js';
import { RequestSignIn } from './session/request-sign-in.js';
import { Sessions } from './session/sessions.js';
import { Freshness } from './step-up/freshness.js';
import { MultiFactorAuthStore } from './store/multi-factor-auth.store.js';
import { tablesModule } from './store/tables.js';
import { KeyRotation } from './upkeep/key-rotation.js';
import { Upkeep } from './upkeep/upkeep.js';
import { controllersOf } from './mfa.controllers.js';
import { providersOf } from './mfa.providers.js';

const EXAMPLE = 'e.g. imports: [MfaModule.forRoot({ users: UsersService, keys: [process.env.MFA_KEY] })]';

const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<MfaValues>({
  optionsInjectionToken: GIVEN,
  alwaysTransient: true,
})
  .setClassMethodName('forRoot')
  .setExtras<Partial<Structure>>(NO_STRUCTURE, (definition, extras) => assemble(definition, structureOf(extras)))
  .build();

// The builder takes all structure for optional; `users` is not.
const Host = ConfigurableModuleClass as unknown as {
  new (): object;
  forRoot(options: MfaModuleOptions): DynamicModule;
  forRootAsync(options: MfaModuleAsyncOptions): DynamicModule;
};

/** Multifactor authentication for an application. Import `MfaModule.forRoot({ … })` once, in your root module. */
@Module({})
export class MfaModule extends Host implements NestModule {
  static readonly [MODULE_MARK] = true;

  constructor(
    @Optional() @Inject(NestCore) private readonly core: NestCore | undefined,
    @Optional() @Inject(CONTROLLERS) private readonly controllers: readonly Type[] | undefined,
  ) {
    super();
    // The class by itself brings nothing.
    if (!controllers) throw new Misconfiguration(`it is imported without options, ${EXAMPLE}.`);
  }

  /**
   * Makes the module from your options. Import the result once, in your root module.
   * @throws {Misconfiguration} names the wrong option and shows a correct value
   * @example
   * ```ts
   * MfaModule.forRoot({ imports: [UsersModule], users: UsersService, keys: [process.env['MFA_KEY']] });
   * ```
   */
  static override forRoot(options: MfaModuleOptions): DynamicModule {
    checkOptions(options);
    return super.forRoot(options);
  }

  /**
   * Makes the module with values from a factory.
   * @throws {Misconfiguration} names the wrong option and shows a correct value
   * @example
   * ```ts
   * MfaModule.forRootAsync({
   *   imports: [UsersModule],
   *   users: UsersService,
   *   useFactory: async () => ({ keys: [await readSecret('mfa-key')] }),
   * });
   * ```
   */
  static override forRootAsync(options: MfaModuleAsyncOptions): DynamicModule {
    checkAsyncOptions(options);
    return super.forRootAsync(options);
  }

  configure(): void {
    const { modules, config } = this.core!;
    const controllers = this.controllers!;
    modules.get(RequestBodies).readFor(controllers);
    modules.get(ResponseHeaders).answerUnconditionally(controllers);
    modules.get(Interceptors).hideAnswers(controllers);
    excludeBothSpellings(controllers, config);
  }
}

function assemble(definition: DynamicModule, structure: Structure): DynamicModule {
  checkStructure(structure);
  const controllers = controllersOf(structure);
  return {
    ...definition,
    global: structure.isGlobal,
    imports: [...(definition.imports ?? []), ...structure.imports, tablesModule(structure)],
    controllers,
    providers: [
      ...(definition.providers ?? []),
      { provide: CONTROLLERS, useValue: controllers },
      ...providersOf(structure),
    ],
    exports: [...EXPORTED, ...structure.challenges],
  };
}

const EXPORTED: Provider[] = [
  UserDirectory,
  Words,
  ErrorFormat,
  Clock,
  Answer,
  Sessions,
  MultiFactorAuthStore,
  MultiFactorAuthService,
  Freshness,
  ChallengeRegistry,
  SmsDelivery,
  OAuthClients,
  Login,
  OpenSession,
  MfaLogin,
  RequestSignIn,
  KeyRotation,
  Upkeep,
  MfaOpenApi,
] as Provider[];
