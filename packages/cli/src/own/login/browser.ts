/**
 * Opens a page in the browser of this person.
 *
 * @returns whether something was started that should; whether a window came of it is not known
 */
export async function openBrowser(url: string): Promise<boolean> {
  const { default: open } = await import('open');
  try {
    await open(url);
    return true;
  } catch {
    return false;
  }
}
