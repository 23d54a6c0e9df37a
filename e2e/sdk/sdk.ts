import { operations } from '@bailiwick/contract';
import { Accountv3 } from '@scaleway/sdk-account';
import { createAdvancedClient, createClient, withAdditionalInterceptors, withProfile } from '@scaleway/sdk-client';
import { Iamv1alpha1 } from '@scaleway/sdk-iam';
import type { ServerProcess } from '../support/server-process.ts';

/** The official SDK as it is published, against a server of ours. */
export interface Sdk {
  readonly iam: Iamv1alpha1.API;
  readonly projects: Accountv3.ProjectAPI;
}

export function sdkFor(server: ServerProcess, secretKey: string = server.secretKey): Sdk {
  const client = createClient({
    apiURL: server.url,
    accessKey: server.accessKey,
    secretKey,
    defaultOrganizationId: server.organizationId,
    defaultProjectId: server.organizationId,
  });
  return { iam: new Iamv1alpha1.API(client), projects: new Accountv3.ProjectAPI(client) };
}

/** The same in the session of somebody who has signed in. */
export function sdkInSession({ url, organizationId }: ServerProcess, token: string): Pick<Sdk, 'iam'> {
  const signed = ({ request }: { readonly request: Readonly<Request> }) => {
    const headers = new Headers(request.headers);
    headers.set('x-session-token', token);
    return new Request(request, { headers });
  };
  const client = createAdvancedClient(
    withProfile({ apiURL: url, defaultOrganizationId: organizationId }),
    withAdditionalInterceptors([{ request: signed }]),
  );
  return { iam: new Iamv1alpha1.API(client) };
}

/** The same, noting the name of every method that is called. */
export function noted({ iam, projects }: Sdk, called: Set<string>): Sdk {
  const noting = <T extends object>(api: T): T =>
    new Proxy(api, {
      get: (target, name, receiver) => {
        called.add(String(name));
        return Reflect.get(target, name, receiver);
      },
    });
  return { iam: noting(iam), projects: noting(projects) };
}

/** Methods of the SDK by the operation of ours that they call; found in what the methods are made of. */
export function methodsByOperation({ iam, projects }: Sdk): ReadonlyMap<string, string> {
  const methods = [...methodsOf(iam), ...methodsOf(projects)];
  return new Map(
    operations.flatMap(({ id, method, path }) => {
      const request = `${method} ${path.replaceAll(/\{\w+\}/g, '*')}`;
      const found = methods.find((one) => one.request === request);
      return found ? [[id, found.name] as const] : [];
    }),
  );
}

function methodsOf(api: object): readonly { readonly name: string; readonly request: string }[] {
  const sources = new Map(Object.entries(api).map(([name, value]) => [name, String(value)]));
  return [...sources].flatMap(([name, source]) => {
    if (name.startsWith('pageOf')) return [];
    const page = /this\.(pageOf\w+)/.exec(source)?.[1];
    const calling = page === undefined ? source : (sources.get(page) ?? '');
    const [method, path] = [/method: "(\w+)"/.exec(calling)?.[1], /path: `([^`]*)`/.exec(calling)?.[1]];
    return method && path ? [{ name, request: `${method} ${path.replaceAll(/\$\{[^}]*\}/g, '*')}` }] : [];
  });
}
