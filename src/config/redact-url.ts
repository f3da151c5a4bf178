/** The URL without its user and password. */
export function redactUrl(text: string): string {
  // With several hosts, as for Sentinels, not every parser takes it for a URL.
  if (!URL.canParse(text)) return text.replace(/:\/\/[^@/]*@/, '://***@');
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    url.username = '';
    url.password = '';
    return url.href.replace('://', '://***@');
  }
  return url.href;
}
