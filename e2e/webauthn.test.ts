import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { chromiumPrograms, plugIn } from '../test-support/chromium.ts';
import { databases } from '../test-support/databases.ts';
import { browserOn } from './support/browser.ts';
import { serverWithNameOn } from './support/server-on.ts';
import { callApi, type Json, type ServerProcess } from './support/server-process.ts';

const iam = '/iam/v1alpha1';
const password = 'correct horse battery';

for (const program of chromiumPrograms()) {
  for (const database of databases()) {
    describe(`authenticators of Chromium, against a server on ${database.name}`, { timeout: 60_000 }, () => {
      let origin: string;
      const running = serverWithNameOn(database);
      const use = browserOn(program);
      let server: ServerProcess;
      let page: Page;
      let userId: string;

      beforeEach(async () => {
        ({ server, origin } = running);
        ({ page } = use);
        await page.goto(`${origin}/healthz`);
        const { users } = await done('GET', '/users?type=owner');
        userId = users[0].id;
      });

      const done = async (method: string, path: string, body?: Json): Promise<Json> => {
        const answer = await callApi(server, method, `${iam}${path}`, body);
        expect([200, 204], JSON.stringify(answer.body)).toContain(answer.status);
        return answer.body;
      };
      const authenticators = () => done('GET', `/users/${userId}/webauthn-authenticators`);
      const step = async (name: string, body: Json): Promise<{ readonly status: number; readonly body: Json }> => {
        const answer = await fetch(`${server.url}/auth/v1/${name}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
        return { status: answer.status, body: await answer.json() };
      };

      const register = async (name: string) => {
        const query = `origin=${encodeURIComponent(origin)}`;
        const start = await done('POST', `/users/${userId}/start-webauthn-registration?${query}`);
        const answer = await page.evaluate(createCredential, { ...start, userId });
        const body = { ...answer, ceremony_id: start.ceremony_id, authenticator_name: name, origin };
        return done('POST', `/users/${userId}/finish-webauthn-registration`, body);
      };

      it.each(['ctap2', 'u2f'] as const)(
        'one that speaks %s is registered and finishes a sign-in',
        async (protocol) => {
          const { unplug } = await plugIn(page, protocol);
          const { authenticator_id: id } = await register(protocol);
          await changePassword();
          const { username } = await done('GET', `/users/${userId}`);
          const { body: started } = await step('start', { username });
          const { body: asked } = await step('password', { attempt: started.attempt, password });
          expect(asked).toMatchObject({ status: 'second_factor_needed', second_factors: ['webauthn'] });
          const { body: question } = await step('webauthn', { attempt: asked.attempt });
          expect(question.rp_id).toBe('localhost');
          const webauthn = await page.evaluate(getAssertion, question);
          const finished = await step('second-factor', { attempt: asked.attempt, webauthn });
          expect(finished.body).toMatchObject({ status: 'signed_in', token: expect.any(String) });
          expect((await authenticators()).authenticators).toMatchObject([
            { id, name: protocol, last_login_at: expect.any(String) },
          ]);
          const replayed = await step('second-factor', { attempt: asked.attempt, webauthn });
          expect(replayed.status).toBe(401);
          await unplug();
          await done('DELETE', `/webauthn-authenticator/${id}`);
        },
      );

      it('one that is registered already is refused by the browser itself', async () => {
        const { unplug } = await plugIn(page, 'ctap2');
        const { authenticator_id: id } = await register('first');
        await expect(register('again')).rejects.toThrow('InvalidStateError');
        await unplug();
        await done('DELETE', `/webauthn-authenticator/${id}`);
      });

      const changePassword = () => done('POST', `/users/${userId}/update-password`, { password });
    });
  }
}

/** In the page: what a page does with the answer of `start-webauthn-registration`. */
async function createCredential(start: Json): Promise<Json> {
  const bytes = (text: string) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const text = (buffer: ArrayBuffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
  const credential = await Reflect.get(navigator, 'credentials').create({
    publicKey: {
      rp: { name: 'Bailiwick' },
      user: { id: new TextEncoder().encode(start.userId), name: 'owner', displayName: 'owner' },
      challenge: bytes(start.challenge),
      pubKeyCredParams: start.public_key_algorithms.map((alg: number) => ({ type: 'public-key', alg })),
      timeout: Number.parseInt(start.timeout, 10) * 1000,
      excludeCredentials: start.exclude_credentials.map((id: string) => ({ type: 'public-key', id: bytes(id) })),
      authenticatorSelection: { userVerification: 'discouraged' },
    },
  });
  const { response, rawId } = credential;
  return {
    raw_id: text(rawId),
    client_data_json: text(response.clientDataJSON),
    authenticator_data: text(response.getAuthenticatorData()),
    attestation_object: text(response.attestationObject),
    public_key: text(response.getPublicKey()),
    public_key_algorithm: response.getPublicKeyAlgorithm(),
  };
}

/** In the page: what a page does with the answer of `/auth/v1/webauthn`. */
async function getAssertion(question: Json): Promise<Json> {
  const bytes = (text: string) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const text = (buffer: ArrayBuffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
  const { response, rawId } = await Reflect.get(navigator, 'credentials').get({
    publicKey: {
      challenge: bytes(question.challenge),
      rpId: question.rp_id,
      timeout: Number.parseInt(question.timeout, 10) * 1000,
      allowCredentials: question.allow_credentials.map((id: string) => ({ type: 'public-key', id: bytes(id) })),
      userVerification: question.user_verification,
    },
  });
  return {
    raw_id: text(rawId),
    client_data_json: text(response.clientDataJSON),
    authenticator_data: text(response.authenticatorData),
    signature: text(response.signature),
  };
}
