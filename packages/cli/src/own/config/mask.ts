import { isSecretName, maskSecret } from '../../client/secret.ts';
import { isObject, type Json } from '../../output/result.ts';

/** The content of a file as JSON, secrets masked at every depth. */
export function masked(content: unknown, isShown: boolean, name = ''): Json {
  if (Array.isArray(content)) return content.map((item) => masked(item, isShown, name));
  if (isObject(content)) {
    return Object.fromEntries(Object.entries(content).map(([key, inner]) => [key, masked(inner, isShown, key)]));
  }
  if (content === null || content === undefined) return null;
  if (!isShown && isSecretName(name)) return maskSecret(String(content));
  return typeof content === 'number' || typeof content === 'boolean' ? content : String(content);
}
