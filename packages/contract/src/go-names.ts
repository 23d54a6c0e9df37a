/**
 * Names that the command line shows for a JSON key. Scripts written for the official client select columns by them
 * (`-o human=DefaultProjectID`), so its capitals are kept.
 */
const capitals: Readonly<Record<string, string>> = { id: 'ID', ids: 'IDs', api: 'API', ip: 'IP', url: 'URL' };

/** `default_project_id` → `DefaultProjectID` */
export function fieldName(key: string): string {
  return key
    .split('_')
    .map((word) => capitals[word] ?? word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

/** `default_project_id` → `DEFAULT PROJECT ID` */
export function columnHeader(key: string): string {
  return key.replaceAll('_', ' ').toUpperCase();
}
