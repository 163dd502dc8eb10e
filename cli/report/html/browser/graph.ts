import { drawing } from "../../../page/browser/elements";
import type { PageData } from "./page-data";

/** Characters that a node has room for. */
const LONGEST_NAME = 24;

/** The graph of the stacks: what is applied before what, coloured by what happens. */
export function graphOf({ stacks, graph }: PageData, linkOf: (stack: string) => string): SVGElement {
  const { node, places } = graph;
  const edges = graph.edges.flatMap(([from, to]) => {
    const [start, end] = [places[from], places[to]];
    if (!start || !end) return [];
    const [x1, y1] = [start[0] + node.width, start[1] + node.height / 2];
    const [x2, y2] = [end[0], end[1] + node.height / 2];
    const bend = Math.max(24, (x2 - x1) / 2);
    return drawing("path", {
      class: "edge",
      d: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2 - 3} ${y2}`,
      "marker-end": "url(#arrow)",
    });
  });
  const nodes = stacks.flatMap((stack, at) => {
    const place = places[at];
    if (!place) return [];
    const words = stack.words || "no changes";
    return drawing(
      "a",
      { href: linkOf(stack.name), class: `node ${stack.tone}` },
      drawing("title", {}, `${stack.name}: ${words}`),
      drawing("rect", { x: place[0], y: place[1], width: node.width, height: node.height, rx: 6 }),
      drawing("text", { x: place[0] + 10, y: place[1] + 18, class: "name" }, cut(stack.name)),
      drawing("text", { x: place[0] + 10, y: place[1] + 35, class: "words" }, cut(words)),
    );
  });
  const arrow = drawing(
    "marker",
    { id: "arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" },
    drawing("path", { d: "M0 0L8 4L0 8z", class: "tip" }),
  );
  return drawing(
    "svg",
    {
      width: graph.width,
      height: graph.height,
      viewBox: `0 0 ${graph.width} ${graph.height}`,
      role: "group",
      "aria-label": "Graph of the stacks: an arrow leads from a stack to those that are applied after it",
    },
    drawing("defs", {}, arrow),
    ...edges,
    ...nodes,
  );
}

/** As much of a text as a node has room for. */
function cut(text: string): string {
  const letters = [...text];
  return letters.length > LONGEST_NAME ? `${letters.slice(0, LONGEST_NAME - 1).join("")}…` : text;
}
