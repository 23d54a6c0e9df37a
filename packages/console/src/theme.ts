import { type CSSVariablesResolver, createTheme } from '@mantine/core';
import { texts } from './texts.ts';

/** What opens above a page stands beside it in the document: its head is no second head of the page. */
const above = {
  defaultProps: {
    attributes: { header: { role: 'presentation' } },
    closeButtonProps: { 'aria-label': texts.shell.close },
  },
};

/** Dark enough for text on it, and as text on white (WCAG 2.2, 1.4.3). */
export const theme = createTheme({
  primaryColor: 'blue',
  primaryShade: 8,
  autoContrast: true,
  components: { Modal: above, Drawer: above },
});

/** What is said beside the main thing is readable too. */
export const readableColors: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': 'var(--mantine-color-gray-7)',
    '--mantine-color-placeholder': 'var(--mantine-color-gray-7)',
  },
  dark: {
    '--mantine-color-dimmed': 'var(--mantine-color-gray-4)',
    '--mantine-color-placeholder': 'var(--mantine-color-gray-5)',
  },
});
