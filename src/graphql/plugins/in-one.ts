/**
 * Several plugins as one. Yoga awaits each hook of each plugin, which costs more than most hooks do; these are synchronous, and are
 * called one after the other.
 */
import type { Plugin } from 'graphql-yoga';

type Phase = 'onRequest' | 'onExecute' | 'onResultProcess' | 'onResponse';
type Payload<Name extends Phase> = Parameters<NonNullable<Plugin[Name]>>[0];
type Call<Name extends Phase> = (payload: Payload<Name>) => void;

/** The same plugins in the same order, with the hooks of the phases above merged. They must be synchronous. */
export function inOne(plugins: readonly Plugin[]): Plugin[] {
  const rest = plugins.map(({ onRequest, onExecute, onResultProcess, onResponse, ...others }) => others);
  return [
    ...rest,
    {
      onRequest: requesting(hooksOf(plugins, 'onRequest')),
      onExecute: executing(hooksOf(plugins, 'onExecute')),
      onResultProcess: answering(hooksOf(plugins, 'onResultProcess')),
      onResponse: responding(hooksOf(plugins, 'onResponse')),
    },
  ];
}

function hooksOf<Name extends Phase>(plugins: readonly Plugin[], name: Name): readonly Call<Name>[] {
  const hooks = plugins.flatMap((plugin) => plugin[name] ?? []) as readonly ((payload: Payload<Name>) => unknown)[];
  return hooks.map((hook) => (payload) => {
    if (hook(payload) !== undefined)
      throw new Error(`This ${name} returned a value; merged hooks must be synchronous and return nothing`);
  });
}

function requesting(hooks: readonly Call<'onRequest'>[]): Call<'onRequest'> {
  return (payload) => {
    let over = false;
    const seen: Payload<'onRequest'> = {
      ...payload,
      endResponse: (response) => {
        over = true;
        payload.endResponse(response);
      },
    };
    for (const hook of hooks) {
      hook(seen);
      if (over) return;
    }
  };
}

function executing(hooks: readonly Call<'onExecute'>[]): Call<'onExecute'> {
  return (payload) => {
    let over = false;
    const seen: Payload<'onExecute'> = {
      ...payload,
      setExecuteFn: (executeFn) => {
        seen.executeFn = executeFn;
        payload.setExecuteFn(executeFn);
      },
      setResultAndStopExecution: (result) => {
        over = true;
        payload.setResultAndStopExecution(result);
      },
    };
    for (const hook of hooks) {
      hook(seen);
      if (over) return;
    }
  };
}

function answering(hooks: readonly Call<'onResultProcess'>[]): Call<'onResultProcess'> {
  return (payload) => {
    const seen: Payload<'onResultProcess'> = {
      ...payload,
      setResult: (result) => {
        seen.result = result;
        payload.setResult(result);
      },
      setResultProcessor: (resultProcessor, mediaType) => {
        seen.resultProcessor = resultProcessor;
        payload.setResultProcessor(resultProcessor, mediaType);
      },
    };
    for (const hook of hooks) hook(seen);
  };
}

function responding(hooks: readonly Call<'onResponse'>[]): Call<'onResponse'> {
  return (payload) => {
    for (const hook of hooks) hook(payload);
  };
}
