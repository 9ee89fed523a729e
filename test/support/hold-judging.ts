import { TestUsers } from './test-users.js';

/**
 * Holds the judging of passwords at all instances until `count` of them wait for it: whatever could be seen before the
 * judging, all of them have passed it. Gives what ends the holding.
 */
export function holdJudging(instances: readonly { users: TestUsers }[], count: number): () => void {
  let waiting = 0;
  let judge: () => void = () => undefined;
  const together = new Promise<void>((resolve) => {
    judge = resolve;
  });
  for (const { users } of instances) {
    users.verifyPassword = async (passwordHash, password) => {
      waiting += 1;
      if (waiting === count) judge();
      await together;
      return TestUsers.prototype.verifyPassword.call(users, passwordHash, password);
    };
  }
  return () => instances.forEach(({ users }) => Reflect.deleteProperty(users, 'verifyPassword'));
}

/** Holds the judging of one password at an instance: `asked` resolves when it has come, `judge` lets it be judged. */
export function holdPassword(
  { users }: { users: TestUsers },
  held: string,
): { asked: Promise<void>; judge: () => void } {
  let [judge, come] = [() => undefined as void, () => undefined as void];
  const asked = new Promise<void>((resolve) => (come = resolve));
  const judging = new Promise<void>((resolve) => (judge = resolve));
  users.verifyPassword = async (passwordHash, password) => {
    if (password === held) {
      come();
      await judging;
    }
    return TestUsers.prototype.verifyPassword.call(users, passwordHash, password);
  };
  return {
    asked,
    judge: () => {
      judge();
      Reflect.deleteProperty(users, 'verifyPassword');
    },
  };
}

/** Holds the next login at an instance between its password and its factor, when it looks its user up once more. */
export function holdDecision({ users }: { users: TestUsers }): { asked: Promise<void>; decide: () => void } {
  let [decide, come] = [() => undefined as void, () => undefined as void];
  const asked = new Promise<void>((resolve) => (come = resolve));
  const deciding = new Promise<void>((resolve) => (decide = resolve));
  users.findById = async (id) => {
    Reflect.deleteProperty(users, 'findById');
    come();
    await deciding;
    return users.findById(id);
  };
  return { asked, decide: () => decide() };
}
