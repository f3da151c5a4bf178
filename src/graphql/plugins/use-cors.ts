import { getCORSHeadersByRequestAndOptions } from '@whatwg-node/server';
import type { Plugin } from 'graphql-yoga';
import { corsFor } from '../cors.ts';

/** CORS preflight and headers. Like Yoga's own plugin, but synchronous. */
export function useCors(origins: readonly string[], furtherHeaders: readonly string[]): Plugin {
  const optionsFor = corsFor(origins, furtherHeaders);
  return {
    onRequest({ request, fetchAPI, endResponse }) {
      if (request.method !== 'OPTIONS') return;
      endResponse(new fetchAPI.Response(null, { status: 204, headers: { 'content-length': '0' } }));
    },
    onResponse({ request, response }) {
      const headers = getCORSHeadersByRequestAndOptions(request, optionsFor(request));
      for (const [name, value] of Object.entries(headers ?? {})) response.headers.set(name, value);
    },
  };
}
