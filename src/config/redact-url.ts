/** The URL without its user and password. */
export function redactUrl(text: string): string {
  // Several hosts, as Sentinels have, are no URL to everybody.
  if (!URL.canParse(text)) return text.replace(/:\/\/[^@/]*@/, '://***@');
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    url.username = '';
    url.password = '';
    return url.href.replace('://', '://***@');
  }
  return url.href;
}
