/** `null` when the text is a Redis URL, else what is wrong with it. */
export function redisUrlFault(text: string): string | null {
  if (!URL.canParse(text)) return 'is not a URL such as redis://host:6379';
  const { protocol, hostname } = new URL(text);
  if (protocol !== 'redis:' && protocol !== 'rediss:')
    return `must start with redis:// or rediss://, not ${protocol}//`;
  return hostname === '' ? 'names no host' : null;
}

/** The URL without its user and password. */
export function redactUrl(text: string): string {
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    url.username = '';
    url.password = '';
    return url.href.replace('://', '://***@');
  }
  return url.href;
}
