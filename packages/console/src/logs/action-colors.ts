/** Changes by the colour that stands for them, in the chart and beside each. */
export const actionColors: Readonly<Record<string, string>> = {
  created: 'teal.7',
  updated: 'blue.6',
  deleted: 'red.7',
};
