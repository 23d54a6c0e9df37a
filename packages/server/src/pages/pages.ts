import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { FastifyInstance } from 'fastify';
import type { Services } from '../context.ts';
import { changePassword, showAccount, signOut } from './account.ts';
import { authenticatorScript } from './authenticator-script.ts';
import { showKeySignIn, takeKeySignIn } from './key-sign-in.ts';
import { html } from './markup.ts';
import { showPasswordPage, takePasswordPage } from './password-links.ts';
import { showAuthorize, showDevice, takeAuthorize, takeDevice } from './programs.ts';
import { isSameOrigin } from './same-origin.ts';
import { registerSaml } from './saml.ts';
import { changeSecondFactors, showSecondFactors } from './second-factors.ts';
import { handOverSession } from './session.ts';
import { showSignIn, takeSignInStep } from './sign-in.ts';
import { type Visit, visitOf } from './visit.ts';

type Show = (visit: Visit) => Promise<void> | void;

/** What a browser gets and sends at each path. */
const pages: Readonly<Record<string, { readonly get?: Show; readonly post?: Show }>> = {
  '/auth/sign-in': { get: showSignIn, post: takeSignInStep },
  '/auth/activate': {
    get: (visit) => showPasswordPage(visit, 'activate'),
    post: (visit) => takePasswordPage(visit, 'activate'),
  },
  '/auth/recover': {
    get: (visit) => showPasswordPage(visit, 'recover'),
    post: (visit) => takePasswordPage(visit, 'recover'),
  },
  '/auth/key': { get: showKeySignIn, post: takeKeySignIn },
  '/auth/account': { get: showAccount, post: changePassword },
  '/auth/second-factors': { get: showSecondFactors, post: changeSecondFactors },
  '/auth/session': { post: handOverSession },
  '/auth/sign-out': { post: signOut },
  '/auth/authorize': { get: showAuthorize, post: takeAuthorize },
  '/auth/device': { get: showDevice, post: takeDevice },
};

/** A form has a few fields. */
const bodyLimit = 32 * 1024;

/**
 * The pages on which people sign in, without the console, and without a script but for authenticators. Each asks the operations of the contract as
 * any client would: what a page can do, a call can do (docs/sign-in.md).
 */
export function registerPages(app: FastifyInstance, services: Services): void {
  for (const [url, { get, post }] of Object.entries(pages)) {
    if (get) app.get(url, (request, reply) => get(visitOf(app, services, request, reply)));
    if (!post) continue;
    app.post(url, { bodyLimit }, (request, reply) => {
      const visit = visitOf(app, services, request, reply);
      return isSameOrigin(request.headers) ? post(visit) : visit.show(fromElsewhere, 403);
    });
  }
  registerSaml(app, services);
  app.get('/auth/authenticator.js', async (_request, reply) => {
    reply.headers({ 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'no-cache' });
    return reply.send(Buffer.from(authenticatorScript));
  });
  let style: Promise<Buffer> | undefined;
  app.get('/auth/style.css', async (_request, reply) => {
    style ??= readFile(createRequire(import.meta.url).resolve('@picocss/pico/css/pico.min.css'));
    reply.headers({ 'content-type': 'text/css; charset=utf-8', 'cache-control': 'public, max-age=86400' });
    return reply.send(await style);
  });
}

const fromElsewhere = {
  title: 'This form was not sent from here',
  contents: html`<p>Another page has sent it. Nothing was done. <a href="/auth/sign-in">Sign in here</a> if you want to.</p>`,
};
