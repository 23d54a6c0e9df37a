import type { Json } from './result.ts';

/** YAML with keys in alphabetical order, lists level with their key, and quotes wherever 1.1 would read something else. */
export async function toYaml(value: Json): Promise<string> {
  const { Document } = await import('yaml');
  const document = new Document(value, { version: '1.1', sortMapEntries: true });
  // `%YAML 1.1` is for the reader of a stream, not for people.
  document.directives = undefined as never;
  return document.toString({ indentSeq: false, lineWidth: 0 });
}
