export interface Panel {
  readonly title: string;
  readonly points: readonly { readonly line: string; readonly x: number; readonly y: number }[];
}

const WIDTH = 320;
const HEIGHT = 240;
const EDGE = { left: 60, right: 20, top: 34, bottom: 46 };
const COLOURS = ["#0b6e4f", "#c1440e", "#3454d1", "#7a306c"];

/** One panel beside the other: lines over a logarithmic axis of sizes, from nothing up. */
export const plotSvg = (panels: readonly Panel[], caption: string): string => {
  const width = WIDTH * panels.length;
  const names = [...new Set(panels.flatMap(({ points }) => points.map(({ line }) => line)))];
  const inner = panels.map((panel, i) => `<g transform="translate(${i * WIDTH} 0)">${panelSvg(panel, names)}</g>`);
  const legend = names.map((name, i) => `<tspan fill="${COLOURS[i % COLOURS.length]}">— ${name}  </tspan>`).join("");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${HEIGHT + 40}" font-family="sans-serif" font-size="11">
<rect width="100%" height="100%" fill="#fff"/>
${inner.join("\n")}
<text x="${EDGE.left}" y="${HEIGHT + 10}">${legend}</text>
<text x="${EDGE.left}" y="${HEIGHT + 28}" fill="#666">${caption}</text>
</svg>
`;
};

const panelSvg = ({ title, points }: Panel, names: readonly string[]): string => {
  const sizes = [...new Set(points.map(({ x }) => x))].toSorted((a, b) => a - b);
  const [least = 1, most = 10] = [sizes[0], sizes.at(-1)];
  const top = Math.max(...points.map(({ y }) => y)) * 1.1;
  const span = Math.max(Math.log10(most / least), 1e-9);
  const x = (size: number): number => EDGE.left + (Math.log10(size / least) / span) * (WIDTH - EDGE.left - EDGE.right);
  const y = (value: number): number => HEIGHT - EDGE.bottom - (value / top) * (HEIGHT - EDGE.top - EDGE.bottom);
  const lines = names.map((name, i) => {
    const own = points.filter(({ line }) => line === name).toSorted((a, b) => a.x - b.x);
    const colour = COLOURS[i % COLOURS.length];
    const path = own.map((point) => `${x(point.x).toFixed(1)},${y(point.y).toFixed(1)}`).join(" ");
    const dots = own.map(
      (point) => `<circle cx="${x(point.x).toFixed(1)}" cy="${y(point.y).toFixed(1)}" r="3" fill="${colour}"/>`,
    );
    return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>${dots.join("")}`;
  });
  const sizeLabels = sizes.map((size) => text(x(size), HEIGHT - EDGE.bottom + 16, shortNumber(size), "middle"));
  const valueLabels = [0, 0.5, 1].map((share) =>
    text(EDGE.left - 6, y(top * share) + 4, shortNumber(top * share), "end"),
  );
  const axes = `<path d="M${EDGE.left} ${EDGE.top}V${HEIGHT - EDGE.bottom}H${WIDTH - EDGE.right}" fill="none" stroke="#999"/>`;
  return [text(EDGE.left, 20, title, "start"), axes, ...lines, ...sizeLabels, ...valueLabels].join("");
};

const text = (x: number, y: number, words: string, anchor: string): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${words}</text>`;

const shortNumber = (value: number): string =>
  value.toLocaleString("en", { notation: "compact", maximumSignificantDigits: 2 });
