const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Returns a text as an HTML page, with the code in bold. Everything is escaped: a text may have a user's name in it. */
export function htmlOf(text: string, code: string): string {
  const paragraphs = escaped(text)
    .replaceAll(code, `<strong>${code}</strong>`)
    .split(/\n{2,}/)
    .map((paragraph) => `<p>${paragraph.replaceAll('\n', '<br>')}</p>`);
  return `<!doctype html><html><head><meta charset="utf-8"></head><body>${paragraphs.join('')}</body></html>`;
}

function escaped(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
