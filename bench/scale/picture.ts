import { type Demand, strains } from './demand.ts';

const [width, height] = [860, 460];
const [left, right, top, bottom] = [60, 250, 40, 50];
const colours = ['#0b6e4f', '#b3261e', '#1a56a8', '#8a5a00', '#6b3fa0', '#00798c', '#555555'];
/** Powers of ten of the parts that are shown. */
const [least, most] = [-4, 3];

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** Draws how near each part comes to its bound as the number of servers grows, where any server gets any request. */
export function strainPicture(all: readonly Demand[]): string {
  const demands = all.filter(({ routing }) => routing === 'any server');
  const [first] = demands;
  if (first === undefined) return '';
  const x = (index: number) => left + (index * (width - left - right)) / (demands.length - 1);
  const y = (part: number) => {
    const power = Math.min(most, Math.max(least, Math.log10(part)));
    return top + ((most - power) * (height - top - bottom)) / (most - least);
  };
  const powers = Array.from({ length: most - least + 1 }, (_, index) => least + index);
  const grid = powers.map((power) => {
    const at = y(10 ** power);
    const stroke = power === 0 ? '#b3261e' : '#dddddd';
    return `<path d="M${left} ${at}H${width - right}" stroke="${stroke}"/><text x="${left - 8}" y="${at + 4}" text-anchor="end">${label(power)}</text>`;
  });
  const names = Object.keys(strains(first));
  const lines = names.map((name, line) => {
    const points = demands.map((demand, index) => `${x(index).toFixed(0)},${y(strains(demand)[name] ?? 0).toFixed(0)}`);
    return `<polyline points="${points.join(' ')}" fill="none" stroke="${colours[line]}" stroke-width="2"/>`;
  });
  const legend = names.map(
    (name, line) =>
      `<text x="${width - right + 16}" y="${top + 14 + line * 22}" fill="${colours[line]}">${escaped(name)}</text>`,
  );
  const servers = demands.map(
    ({ size }, index) =>
      `<text x="${x(index)}" y="${height - 24}" text-anchor="middle">${size.servers.toLocaleString('en')}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    '<title>What breaks first as servers are added</title>',
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<text x="${left}" y="22" font-size="14">Part of what there is, any server for any request: above 1 it breaks</text>`,
    ...[...grid, ...lines, ...legend, ...servers],
    `<text x="${(left + width - right) / 2}" y="${height - 6}" text-anchor="middle">servers, with 100,000 principals each</text>`,
    '</svg>',
    '',
  ].join('\n');
}

const label = (power: number): string => (10 ** power).toLocaleString('en', { maximumSignificantDigits: 1 });
