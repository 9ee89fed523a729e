/** What a proof or a message is for. A code for one purpose is worthless for another. */
export type Purpose = 'enrolment' | 'login' | 'step-up';
