import type { Api } from '../../client/api.ts';
import { type Configuration, isInsecure, readSettings, valuesOf } from '../../client/configuration.ts';
import { formatProblem } from '../../client/settings.ts';
import { bareError, CommandError } from '../../command-error.ts';
import { isOn, typedText } from '../../grammar/typed-text.ts';
import type { JsonObject, Result } from '../../output/result.ts';
import { runAnother } from '../another.ts';
import type { OwnRun } from '../command.ts';
import { sourceOf } from '../source.ts';
import { type NewSession, post, sessionOf } from './session.ts';

/** `scw login`: signs in in the browser, makes an API key of one's own and sets up the profile with it. */
export async function logIn(run: OwnRun): Promise<Result> {
  const connection = await addressOf(run);
  const nobody = run.open(connection);
  const session = isOn(run, 'device')
    ? await approvedElsewhere(run, nobody)
    : await throughBrowser(run, nobody, connection);
  const api = run.open({ ...connection, sessionToken: session.token });
  try {
    return await setUpWithKey(run, api, session, connection);
  } finally {
    // The key is all that stays.
    await post(nobody, '/auth/v1/sign-out', { renew_token: session.renewToken }).catch(() => {});
  }
}

/** Where to sign in: nobody is anybody there yet. */
async function addressOf(run: OwnRun): Promise<Configuration> {
  const source = sourceOf(run);
  const { settings, place } = await readSettings(source);
  const { api_url: known, insecure, user_agent: userAgent } = valuesOf(settings);
  const apiUrl = typedText(run, 'api-url') ?? known;
  if (apiUrl === undefined) {
    throw new CommandError('no API address is configured', {
      details: `Give it as api-url=, as SCW_API_URL, or as api_url in ${place.file?.path ?? 'a configuration file'}.`,
    });
  }
  const problem = formatProblem('api_url', apiUrl);
  if (problem !== null) throw bareError(problem);
  return {
    accessKey: '',
    secretKey: '',
    sessionToken: null,
    apiUrl,
    organization: '',
    project: null,
    insecure: isInsecure(insecure, source.warn),
    userAgent: userAgent ?? null,
  };
}

/** The browser of this machine, which comes back to a loopback address. */
async function throughBrowser(run: OwnRun, api: Api, { apiUrl }: Configuration): Promise<NewSession> {
  const { listenOnLoopback } = await import('./loopback.ts');
  const loopback = await listenOnLoopback(portOf(run));
  try {
    const { redirectUri, codeChallenge, state } = loopback;
    const asked = new URLSearchParams({ redirect_uri: redirectUri, code_challenge: codeChallenge, state });
    const url = `${apiUrl}/auth/authorize?${asked}`;
    const { stderr } = run.terminal;
    const { openBrowser } = await import('./browser.ts');
    const isOpen = !isOn(run, 'print-url') && (await openBrowser(url));
    stderr.write(
      isOpen ? `Your browser opens this page; if it does not, open it yourself:\n` : `Open this page to sign in:\n`,
    );
    stderr.write(`  ${url}\nOn a machine without a browser: scw login device=true\n`);
    const code = await loopback.code;
    return sessionOf(await post(api, '/auth/v1/redeem-code', { code, code_verifier: loopback.codeVerifier }));
  } finally {
    loopback.close();
  }
}

function portOf(run: OwnRun): number {
  const port = Number(typedText(run, 'port') ?? 0);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw bareError('port must be between 0 and 65535');
  return port;
}

async function approvedElsewhere(run: OwnRun, api: Api): Promise<NewSession> {
  const { startDevice } = await import('./device.ts');
  const { page, pageWithCode, userCode, approved } = await startDevice(api);
  run.terminal.stderr.write(
    `Open this page in any browser, sign in, and type the code:\n  ${page}\n  code: ${userCode}\nOr open ${pageWithCode}\n`,
  );
  return await approved(run.sleep);
}

/** @throws CommandError when the profile could not be written; the key is deleted again then */
async function setUpWithKey(run: OwnRun, api: Api, { userId }: NewSession, { apiUrl }: Configuration): Promise<Result> {
  const user = await get(api, `/iam/v1alpha1/users/${userId}`);
  const projectId = typedText(run, 'project-id');
  const expiresAt = typedText(run, 'expires-at');
  const key = await post(api, '/iam/v1alpha1/api-keys', {
    user_id: userId,
    description: 'scw login',
    ...(projectId !== null && { default_project_id: projectId }),
    ...(expiresAt !== null && { expires_at: expiresAt }),
  });
  const accessKey = String(key.access_key);
  try {
    const settings = {
      'api-url': apiUrl,
      'access-key': accessKey,
      'secret-key': String(key.secret_key),
      'organization-id': String(user.organization_id),
      'project-id': projectId ?? String(key.default_project_id || user.organization_id),
      'with-ssh-key': 'false',
    };
    const words = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
    await runAnother(run, 'init', words);
  } catch (failure) {
    const path = `/iam/v1alpha1/api-keys/${encodeURIComponent(accessKey)}`;
    await api.call({ method: 'DELETE', path, query: new URLSearchParams(), body: undefined }).catch(() => {});
    throw failure;
  }
  const message = `you are signed in as ${String(user.username)}.`;
  return {
    shape: 'success',
    message,
    details: `API key ${accessKey} was made for it: \`scw iam api-key delete ${accessKey}\` takes it away.`,
  };
}

const get = (api: Api, path: string): Promise<JsonObject> =>
  api.call({ method: 'GET', path, query: new URLSearchParams(), body: undefined });
