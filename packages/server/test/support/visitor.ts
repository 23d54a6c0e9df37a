import type { Answer, TestServer } from './server.ts';

/** A browser without a screen: it keeps cookies and sends forms, with everything hidden in them. */
export interface Visitor {
  readonly cookies: Map<string, string>;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  post(
    path: string,
    form: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
  /** Sends the form of this page that has this step. */
  goOn(page: Answer, step: string, form: Readonly<Record<string, string>>): Promise<Answer>;
}

export function visitorOf(server: TestServer): Visitor {
  const cookies = new Map<string, string>();
  const asked = async (method: string, path: string, headers: Readonly<Record<string, string>>, raw?: string) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const sent = { ...(cookie !== '' && { cookie }), ...headers };
    const answer = await server.call(method, path, { key: null, headers: sent, ...(raw !== undefined && { raw }) });
    for (const line of [answer.headers['set-cookie'] ?? []].flat()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(String(line)) ?? [];
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    return answer;
  };
  const post: Visitor['post'] = (path, form, headers = {}) =>
    asked(
      'POST',
      path,
      { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      new URLSearchParams(form).toString(),
    );
  return {
    cookies,
    get: (path, headers = {}) => asked('GET', path, headers),
    post,
    goOn: (page, step, form) => post('/auth/sign-in', { ...hiddenIn(formOf(page.text, step)), ...form }),
  };
}

const formOf = (text: string, step: string): string =>
  text.split('<form').find((form) => form.includes(`name="step" value="${step}"`)) ?? '';

function hiddenIn(form: string): Readonly<Record<string, string>> {
  const found = form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g);
  return Object.fromEntries([...found].map(([, name = '', value = '']) => [name, unescaped(value)]));
}

const unescaped = (text: string): string =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
