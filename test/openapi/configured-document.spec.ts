import { applyDecorators, Injectable } from '@nestjs/common';
import {
  DocumentBuilder,
  type OpenAPIObject,
  ApiCookieAuth,
  ApiExcludeController,
  ApiTags,
  SwaggerModule,
} from '@nestjs/swagger';
import { afterEach, describe, expect, it } from 'vitest';
import { MfaChallenge, MfaOpenApi, OwnCredential, SmsChallenge } from '../../src/index.js';
import { BadgeChallenge } from '../challenge/badge-challenge.js';
import { bootApp, type BootedApp, type BootOptions } from '../support/boot-app.js';
import { describedDocument, documentedIn, operationIn, plainDocument } from '../support/open-api.js';
import { PagerChallenge } from '../support/pager-challenge.js';
import { PagersModule } from '../support/pagers.js';
import { TestUsersModule } from '../support/test-users.js';

class Cookie extends OwnCredential {
  read = () => null;
  issue = () => undefined;
}

class KeyRequest {}

/** What a browser signs with. */
@Injectable()
@MfaChallenge({ type: 'hardware-key', request: KeyRequest, input: 'webauthn' })
class KeyChallenge extends BadgeChallenge {}

const json = (content?: Record<string, { schema: object }>) => content?.['application/json']?.schema;
const mfaIds = (document: Pick<OpenAPIObject, 'paths'>) =>
  documentedIn(document)
    .map(({ operationId }) => operationId)
    .filter((id) => id.startsWith('mfa'));

describe('the document', () => {
  let booted: BootedApp;
  afterEach(() => booted.close());

  async function described(options: BootOptions = {}): Promise<OpenAPIObject> {
    booted = await bootApp(options);
    return describedDocument(booted.app);
  }

  it('has the requests of the own challenges of an application', async () => {
    const challenges = [SmsChallenge, PagerChallenge, BadgeChallenge];
    const document = await described({ mfa: { imports: [TestUsersModule, PagersModule], challenges } });
    const pager = { pager_id: { type: 'string', pattern: '^P[0-9]{4}$' } };
    const badge = { badge: { type: 'string', pattern: '^B\\d{4}$' }, secret: { type: 'string', minLength: 20 } };
    const bodyOf = (id: string) => json(operationIn(document, id).requestBody?.content);
    expect(bodyOf('mfaRequestPager')).toEqual({ type: 'object', properties: pager, required: ['pager_id'] });
    expect(bodyOf('mfaRequestBadge')).toMatchObject({ properties: badge, required: ['badge', 'secret'] });
    expect(bodyOf('mfaAddFactor')).toMatchObject({
      oneOf: [
        { properties: { type: { enum: ['sms'] }, name: { type: 'string' } }, required: ['type', 'phone_number'] },
        { properties: { type: { enum: ['pager'] }, ...pager }, required: ['type', 'pager_id'] },
        { properties: { type: { enum: ['badge'] }, ...badge }, required: ['type', 'badge', 'secret'] },
      ],
    });
    const { response } = (bodyOf('mfaLoginVerify') as { properties: Record<string, object> }).properties;
    expect(response).toEqual({ description: expect.stringContaining('badge') as string });
    const { MfaMethod } = document.components!.schemas as Record<string, { properties: object }>;
    expect(MfaMethod!.properties).toMatchObject({
      type: { enum: ['sms', 'pager', 'badge', 'recovery'] },
      input: { enum: ['code', 'badge'] },
    });
  });

  it('takes an object for what a browser answers', async () => {
    const document = await described({ mfa: { challenges: [SmsChallenge, KeyChallenge] } });
    expect(json(operationIn(document, 'mfaStepUpVerify').requestBody?.content)).toMatchObject({
      properties: { response: { type: 'object' } },
    });
    expect(mfaIds(document)).toContain('mfaRequestHardwareKey');
    expect(document.components?.schemas?.['MfaChallenge']).toMatchObject({
      properties: { options: { type: 'object' } },
    });
  });

  it('has no `response` where every challenge takes a code', async () => {
    const document = await described();
    expect(json(operationIn(document, 'mfaLoginVerify').requestBody?.content)).not.toHaveProperty(
      'properties.response',
    );
  });

  it('says what each route asks for', async () => {
    const document = await described({ mfa: { managementScope: 'mfa' } });
    const asked = (id: string) => operationIn(document, id).security;
    expect(asked('mfaLogin')).toEqual([]);
    expect(asked('mfaStatus')).toEqual([{ mfaToken: [] }, { mfaPassword: [] }]);
    expect(asked('mfaDisable')).toEqual([{ mfaToken: [] }, { mfaPassword: ['mfa'] }]);
    expect(asked('mfaToken')).toEqual([{ mfaClient: [] }, {}]);
    expect(document.components?.securitySchemes).toMatchObject({
      mfaToken: { type: 'http', scheme: 'bearer' },
      mfaPassword: { type: 'oauth2', flows: { password: { tokenUrl: '/mfa/oauth2/token/' } } },
      mfaClient: { type: 'http', scheme: 'basic' },
    });
  });

  it('has no OAuth2 where that login is off', async () => {
    const document = await described({ mfa: { logins: ['authtoken'] } });
    expect(Object.keys(document.components!.securitySchemes!)).toEqual(['mfaToken']);
    expect(operationIn(document, 'mfaStatus').security).toEqual([{ mfaToken: [] }]);
  });

  it('asks strict OAuth2 clients for the second factor by an error', async () => {
    const document = await described({ mfa: { oauth2: { errors: 'rfc6749' } } });
    const { responses } = operationIn(document, 'mfaToken');
    expect(json(responses['200']!.content)).toEqual({ $ref: '#/components/schemas/MfaTokens' });
    expect(JSON.stringify(responses['400'])).toContain('"mfa_required"');
  });

  it('describes the credential of the application as the application does', async () => {
    const document = await described({ mfa: { signedIn: Cookie } });
    expect(mfaIds(document)).not.toContain('mfaLogout');
    expect(document.components?.securitySchemes).toEqual({});
    expect(operationIn(document, 'mfaStatus')).not.toHaveProperty('security');
    expect(Object.keys(operationIn(document, 'mfaDisable').responses)).toEqual(expect.arrayContaining(['200', '204']));
    expect(JSON.stringify(document.components?.schemas?.['MfaSignedIn'])).toContain('"credential"');
  });

  it('takes what the decorators of the application say', async () => {
    const signedIn = [ApiTags('account'), ApiCookieAuth('session')];
    const document = await described({
      mfa: { routeDecorators: { signedIn, public: [applyDecorators(ApiExcludeController())] } },
    });
    expect(operationIn(document, 'mfaStatus')).toMatchObject({ tags: ['account'], security: [{ session: [] }] });
    expect(mfaIds(document)).not.toContain('mfaLogin');
  });

  it('renames its bodies where the application has others of that name', async () => {
    booted = await bootApp();
    const plain = plainDocument(booted.app);
    const own = { type: 'object', properties: { late: { type: 'boolean' } } };
    const document = await booted.app.get(MfaOpenApi).extend({ ...plain, components: { schemas: { MfaStatus: own } } });
    expect(document.components.schemas).toMatchObject({
      MfaStatus: own,
      NestjsMfaStatus: { required: ['enabled', 'challenge_type', 'phone_number'] },
    });
    const answer = operationIn(document, 'mfaStatus').responses['200'];
    expect(json(answer!.content)).toEqual({ $ref: '#/components/schemas/NestjsMfaStatus' });
  });

  it('is the same if it is extended again, and needs no other generator', async () => {
    const once = await described();
    expect(await booted.app.get(MfaOpenApi).extend(once)).toEqual(once);
    const bare = { openapi: '3.1.0', info: { title: 'Example', version: '1' }, paths: {} };
    expect(mfaIds(await booted.app.get(MfaOpenApi).extend(bare))).toEqual(mfaIds(once));
    expect(bare.paths).toEqual({});
  });

  it('leaves out the prefix where the document does', async () => {
    booted = await bootApp({ setUp: (app) => app.setGlobalPrefix('api') });
    const config = new DocumentBuilder().build();
    const plain = SwaggerModule.createDocument(booted.app, config, { ignoreGlobalPrefix: true });
    const { paths } = await booted.app.get(MfaOpenApi).extend(plain);
    expect(Object.keys(paths).filter((path) => path.startsWith('/api'))).toEqual([]);
    expect(Object.keys(paths)).toContain('/mfa/authtoken/login/');
  });
});
