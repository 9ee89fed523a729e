/** Returns a text as a QR code, in SVG. The library is loaded at the first one. */
export async function qrSvg(text: string): Promise<string> {
  const { default: qrcode } = await import('qrcode');
  return qrcode.toString(text, { type: 'svg' });
}
