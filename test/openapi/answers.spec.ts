import type { OpenAPIObject } from '@nestjs/swagger';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp, PLATFORMS } from '../support/boot-app.js';
import { CheckedClient } from '../support/checked-client.js';
import { DocumentCheck } from '../support/document-check.js';
import { describedDocument, documentedIn, operationIn } from '../support/open-api.js';
import { Walk, WALKED } from './walk.js';

describe.each(PLATFORMS)('what the routes answer on %s', (platform) => {
  let booted: BootedApp;
  let document: OpenAPIObject;
  beforeEach(async () => {
    booted = await bootApp({ platform, ...WALKED });
    document = await describedDocument(booted.app);
  });
  afterEach(() => booted.close());

  const ownRoutes = () => documentedIn(document).filter(({ tags }) => tags.includes('mfa'));

  it('is what the document says, and each route does what it says', async () => {
    const check = new DocumentCheck(document);
    const client = new CheckedClient(booted.client.origin, check);
    const walk = new Walk(booted, client);
    await walk.everywhere();
    await walk.nonsense(ownRoutes());
    expect(client.complaints).toEqual([]);
    const did = [...check.seen].filter((place) => / 2\d\d$/.test(place)).map((place) => place.split(' ')[0]);
    const never = ownRoutes()
      .map(({ operationId }) => operationId)
      .filter((id) => !did.includes(id));
    // Deux's route takes text, and a badge gives its proof in JSON.
    expect(never).toEqual(['mfaConfirmBadge']);
    const statuses = new Set([...check.seen].map((place) => place.split(' ')[1]));
    expect(statuses).toEqual(new Set(['200', '201', '204', '400', '401', '403', '413', '429', '503']));
  });

  it('would be noticed if the document said something else', async () => {
    const { responses } = operationIn(document, 'mfaStatus');
    const wrong: Record<string, (said: typeof responses) => unknown> = {
      'another body': (said) => (said['200']!.content!['application/json']!.schema = { type: 'array' }),
      'no body': (said) => delete said['200']!.content,
      'another code': (said) => (said['401']!.content!['application/json']!.schema = { required: ['nothing'] }),
      'no header': (said) => delete said['401']!.headers,
      'no answer': (said) => delete said['401'],
    };
    for (const [name, spoil] of Object.entries(wrong)) {
      const spoilt = structuredClone(document);
      spoil(operationIn(spoilt, 'mfaStatus').responses);
      const client = new CheckedClient(booted.client.origin, new DocumentCheck(spoilt));
      await client.get('/mfa/', { token: await client.token('bob') });
      await client.get('/mfa/');
      expect([name, client.complaints]).toEqual([name, [expect.stringContaining('mfaStatus')]]);
    }
  });
});
