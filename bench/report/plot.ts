import type { CellResult } from '../cell.js';
import type { LoginScenario } from '../load/visits.js';
import { pacesOf, placeOf, TITLES } from './words.js';

const [WIDTH, LEFT, BAR, GAP, TITLE] = [760, 150, 14, 10, 34];
const [MODULE, RIVAL, INK] = ['#1f6feb', '#8c959f', '#24292f'];

/** The widest bar, without the text beside it. */
const WIDEST = WIDTH - LEFT - 170;

/** Logins in a second, two bars for each cell. */
export function plotOf(results: readonly CellResult[]): string {
  const most = Math.max(...results.flatMap((result) => pacesOf(result).map(({ loginsPerSecond }) => loginsPerSecond)));
  const parts: string[] = [];
  let y = GAP;
  for (const scenario of Object.keys(TITLES) as LoginScenario[]) {
    const group = results.filter(({ cell }) => cell.scenario === scenario);
    if (group.length === 0) continue;
    parts.push(text(GAP, y + 20, `${TITLES[scenario]}: logins in a second`, 'font-weight="600"'));
    y += TITLE;
    for (const result of group) {
      parts.push(...barsOf(result, y, WIDEST / most));
      y += 2 * BAR + GAP;
    }
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${y}" fill="#ffffff"/>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

function barsOf(result: CellResult, y: number, scale: number): string[] {
  const names = ['nestjs-mfa', result.rival];
  const bars = pacesOf(result).flatMap(({ loginsPerSecond }, index) => {
    const [top, width] = [y + index * BAR, loginsPerSecond * scale];
    return [
      rectangle(top, width, index === 0 ? MODULE : RIVAL),
      text(LEFT + width + 6, top + 11, `${Math.round(loginsPerSecond)}  ${names[index]}`),
    ];
  });
  return [text(GAP, y + BAR + 4, placeOf(result.cell)), ...bars];
}

function rectangle(y: number, width: number, fill: string): string {
  return `<rect x="${LEFT}" y="${y}" width="${width.toFixed(1)}" height="${BAR - 1}" fill="${fill}"/>`;
}

function text(x: number, y: number, words: string, style = ''): string {
  return `<text x="${x.toFixed(1)}" y="${y}" fill="${INK}" ${style}>${words}</text>`;
}
