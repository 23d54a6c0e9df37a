import { operations } from '@bailiwick/contract';
import { describe, expect, it } from 'vitest';

describe('the operations', () => {
  it('have names of their own, and no two share a road', () => {
    expect(new Set(operations.map(({ id }) => id)).size).toBe(operations.length);
    expect(new Set(operations.map(({ method, path }) => `${method} ${path.replace(/\{\w+\}/g, '{}')}`)).size).toBe(
      operations.length,
    );
  });

  it('are logged when they change something, and only then', () => {
    // Questions about decisions carry a body, and change nothing. A sign-in has no caller: what it leaves behind depends
    // on how it ends (docs/sign-in.md).
    const changes = ({ id, method, access }: (typeof operations)[number]) =>
      method !== 'GET' &&
      access.kind !== 'public' &&
      !/^(decisions\.|authzen\.|policies\.preview$|saml\.parseMetadata$)/.test(id);
    for (const operation of operations) expect(operation.audit !== undefined, operation.id).toBe(changes(operation));
  });

  it('declare exactly the parameters of their path', () => {
    for (const { id, path, params } of operations) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(Object.keys(params?.properties ?? {}), id).toEqual(named);
    }
  });

  it('are open to nobody unless they say so', () => {
    expect(operations.filter(({ access }) => access.kind === 'public').map(({ id }) => id)).toEqual([
      'signIn.start',
      'signIn.password',
      'signIn.sendCode',
      'signIn.code',
      'signIn.saml',
      'signIn.answerSaml',
      'signIn.finishSaml',
      'signIn.webauthn',
      'signIn.secondFactor',
      'signIn.recover',
      'signIn.setPassword',
      'signIn.renew',
      'signIn.signOut',
      'signInGrants.redeemCode',
      'signInGrants.startDevice',
      'signInGrants.redeemDevice',
      'authzen.configuration',
      'gateway.metadata',
    ]);
    for (const { id, access } of operations) {
      if (access.kind !== 'permission') continue;
      expect(access.permissions.length > 0 || access.self !== undefined, id).toBe(true);
      for (const permission of access.permissions) expect(permission, id).toMatch(/^[a-z]+:[a-z_]+:[a-z_]+$/);
    }
  });

  it('give the same name in path, query and body to no two inputs', () => {
    for (const { id, params, query, body } of operations) {
      const names = [params, query, body].flatMap((part) => Object.keys(part?.properties ?? {}));
      expect(new Set(names).size, id).toBe(names.length);
    }
  });

  it('print objects of one form under one name', () => {
    const forms = new Map<string, string>();
    const look = (schema: unknown, id: string): void => {
      if (typeof schema !== 'object' || schema === null) return;
      if ('title' in schema && typeof schema.title === 'string' && 'properties' in schema) {
        const form = JSON.stringify(Object.keys(schema.properties ?? {}));
        expect(forms.get(schema.title) ?? form, `${schema.title} of ${id}`).toBe(form);
        forms.set(schema.title, form);
      }
      for (const inner of Object.values(schema)) look(inner, id);
    };
    for (const { id, output } of operations) look(output, id);
    expect(forms.size).toBeGreaterThan(20);
  });
});
