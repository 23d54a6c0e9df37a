import type { OrganizationFile } from './file-schema.ts';

/** A file as YAML, in the order in which it is given, quoted so that readers of YAML 1.1 see the same. */
export async function toYamlText({
  file,
  leftOut,
}: {
  readonly file: OrganizationFile;
  readonly leftOut: readonly string[];
}) {
  const { Document, isMap, isScalar } = await import('yaml');
  const document = new Document(file, { aliasDuplicateObjects: false, compat: 'yaml-1.1' });
  document.commentBefore = [
    ' An organization, for: scw iam apply -f FILE',
    ...leftOut.map((what) => ` Left out: ${oneComment(what)}`),
  ].join('\n');
  if (isMap(document.contents)) {
    for (const { key } of document.contents.items.slice(1)) if (isScalar(key)) key.spaceBefore = true;
  }
  return document.toString({ lineWidth: 0 });
}

function oneComment(text: string): string {
  return text.replace(/\s+/g, ' ');
}
