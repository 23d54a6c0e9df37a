/**
 * The addresses that an address with several hosts stands for, as in libpq: `postgres://user@one:5432,two:5432/name`
 * (PostgreSQL manual, 34.1.1.3).
 */
export function addressesOf(url: string): readonly string[] {
  const parts = /^(\w+:\/\/(?:[^@/?#]*@)?)([^/?#]*)(.*)$/s.exec(url);
  if (parts === null) return [url];
  const [, before = '', hosts = '', after = ''] = parts;
  return hosts.split(',').map((host) => `${before}${host}${after}`);
}
