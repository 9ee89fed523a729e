/** Loads otplib at the first code: it costs 35 ms, and an application may use no codes. */
export function loadOtplib(): Promise<typeof import('otplib')> {
  return import('otplib');
}
