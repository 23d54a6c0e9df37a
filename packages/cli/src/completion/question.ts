/** Whether these are the words with which a shell asks what could be typed next. */
export function isCompletion([first, second]: readonly string[]): boolean {
  return first === 'autocomplete' && second === 'complete';
}
