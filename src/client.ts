// For pages: no import, so that a browser loads one small file
export { withStepUp, type FetchWithStepUp, type SendRequest } from './client/with-step-up.js';
export type {
  StepUpAnswer,
  StepUpAsked,
  StepUpChallenge,
  StepUpMethod,
  WithStepUpOptions,
} from './client/step-up-dialogue.js';
