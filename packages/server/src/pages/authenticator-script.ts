/**
 * The one script of the pages: browsers ask an authenticator for scripts alone. A form that wants one says what to ask in
 * `data-question` and how in `data-way`; what the authenticator answers is sent with the form.
 */
export const authenticatorScript = `'use strict';
const form = document.querySelector('form[data-question]');
const question = JSON.parse(form.dataset.question);
const bytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
const credentials = (ids) => ids.map((id) => ({ type: 'public-key', id: bytes(id) }));
const timeout = Number.parseInt(question.timeout, 10) * 1000;

const ways = {
  create: async () => {
    const { rawId, response } = await navigator.credentials.create({
      publicKey: {
        rp: { name: question.rp_name },
        user: { id: new TextEncoder().encode(question.user_id), name: question.username, displayName: question.username },
        challenge: bytes(question.challenge),
        pubKeyCredParams: question.public_key_algorithms.map((alg) => ({ type: 'public-key', alg })),
        excludeCredentials: credentials(question.exclude_credentials),
        authenticatorSelection: { userVerification: 'discouraged' },
        timeout,
      },
    });
    return { raw_id: rawId, client_data_json: response.clientDataJSON, attestation_object: response.attestationObject };
  },
  get: async () => {
    const { rawId, response } = await navigator.credentials.get({
      publicKey: {
        rpId: question.rp_id,
        challenge: bytes(question.challenge),
        allowCredentials: credentials(question.allow_credentials),
        userVerification: question.user_verification,
        timeout,
      },
    });
    return {
      raw_id: rawId,
      client_data_json: response.clientDataJSON,
      authenticator_data: response.authenticatorData,
      signature: response.signature,
    };
  },
};

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const failed = form.querySelector('[role=alert]');
  failed.hidden = true;
  try {
    for (const [name, value] of Object.entries(await ways[form.dataset.way]())) {
      const input = document.createElement('input');
      Object.assign(input, { type: 'hidden', name, value: text(value) });
      form.append(input);
    }
    form.submit();
  } catch {
    failed.hidden = false;
  }
});
`;
