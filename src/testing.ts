// Hold the time and the messages
export { TestClock } from './testing/test-clock.js';
export { Inbox, type InboxMessage } from './testing/inbox.js';

// Hold a second factor
export { VirtualAuthenticatorApp } from './testing/virtual-authenticator-app.js';
export { VirtualPasskey } from './testing/virtual-passkey.js';
export { type PasskeyChanges, PasskeyTraits } from './testing/passkey-traits.js';
export type {
  PasskeyAssertion,
  PasskeyCreationOptions,
  PasskeyRegistration,
  PasskeyRequestOptions,
} from './testing/passkey-json.js';
export type { TestDevice, TestProof } from './testing/test-device.js';

// Sign in
export { signedInAs } from './testing/signed-in-as.js';
export { loginWithMfa, LoginWithMfaOptions, type TestSession } from './testing/login-with-mfa.js';

// Check what you have written
export { describeChallengeContract } from './testing/challenge-contract.js';
export type { AskedProof, ChallengeContract } from './testing/challenge-contract-options.js';
export type { ContractRunner } from './testing/contract-runner.js';
export { describeKeyProviderContract, type KeyProviderContract } from './testing/key-provider-contract.js';
export { describeSmsSenderContract, type SmsSenderContract } from './testing/sms-sender-contract.js';
export { describeStoreContract, type StoreContract } from './testing/store-contract.js';
export { describeUserDirectoryContract, type UserDirectoryContract } from './testing/user-directory-contract.js';
