/** What a proof or a message is for. A code that was made for one purpose is worth nothing for another. */
export type Purpose = 'enrolment' | 'login' | 'step-up';
