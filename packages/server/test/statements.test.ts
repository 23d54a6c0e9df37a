import SQLite from 'better-sqlite3';
import type { SqliteDatabase } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepStatements } from '../src/storage/statements.ts';

describe('statements of SQLite', () => {
  let file: SQLite.Database;
  let database: SqliteDatabase;
  beforeEach(() => {
    file = new SQLite(':memory:');
    file.exec('create table words (word text); insert into words values (1)');
    database = keepStatements(file);
  });
  afterEach(() => database.close());

  it('are compiled once for the same text', () => {
    const first = database.prepare('select word from words where word = ?');
    expect(database.prepare('select word from words where word = ?')).toBe(first);
    expect(database.prepare('select word from words')).not.toBe(first);
    expect([first.all(['1']), first.all(['2'])]).toEqual([[{ word: '1' }], []]);
  });

  it('answer from the tables as they are, also after these have changed', () => {
    const all = () => database.prepare('select * from words').all([]);
    expect(all()).toEqual([{ word: '1' }]);
    file.exec("alter table words add column language text default 'en'");
    expect(all()).toEqual([{ word: '1', language: 'en' }]);
    file.exec('drop table words');
    expect(all).toThrow('no such table: words');
  });

  it('are kept as long as they are used, up to some hundred', () => {
    const used = database.prepare('select 0');
    const idle = database.prepare('select -1');
    for (let number = 1; number <= 500; number += 1) {
      database.prepare(`select ${number}`);
      expect(database.prepare('select 0')).toBe(used);
    }
    expect(database.prepare('select -1')).not.toBe(idle);
  });

  it('are not kept when they are long', () => {
    const long = `select word from words where word in (${Array.from({ length: 3_000 }, () => '?').join(', ')})`;
    expect(database.prepare(long)).not.toBe(database.prepare(long));
  });
});
