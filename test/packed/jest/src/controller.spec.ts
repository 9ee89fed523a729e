import { Controller, Post } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { CurrentUser, RequireMfa, RequireMfaGuard } from 'nestjs-mfa';
import { signedInAs } from 'nestjs-mfa/testing';

@Controller()
class PayoutController {
  @Post('payout')
  @RequireMfa()
  payout(@CurrentUser() user: { username: string }) {
    return { paidTo: user.username };
  }
}

describe('a controller with @RequireMfa(), tested alone as `nest new` of Nest 11 sets it up', () => {
  it('needs its guard replaced, and nothing of the module', async () => {
    const testing = await Test.createTestingModule({ controllers: [PayoutController] })
      .overrideGuard(RequireMfaGuard)
      .useValue({ canActivate: () => true })
      .compile();
    expect(testing.get(PayoutController).payout({ username: 'ada' })).toEqual({ paidTo: 'ada' });
  });

  it('gets the user of the test over HTTP', async () => {
    const testing = await Test.createTestingModule({ controllers: [PayoutController] })
      .overrideGuard(RequireMfaGuard)
      .useValue(signedInAs({ id: 7, username: 'ada' }))
      .compile();
    const app = testing.createNestApplication();
    await app.listen(0);
    const answer = await fetch(`${await app.getUrl()}/payout`, { method: 'POST' });
    expect([answer.status, await answer.json()]).toEqual([201, { paidTo: 'ada' }]);
    await app.close();
  });
});
