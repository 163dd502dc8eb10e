import { BASE_STYLE } from "../../page/style";

/** How the page looks: the colours of a diff as on GitHub, in both schemes, and one column on a phone. */
export const STYLE = `${BASE_STYLE}
header { padding-bottom: 14px; }
header .icon { flex: none; display: inline-grid; place-items: center; width: 30px; height: 30px; border-radius: 50%; background: var(--blue-back); color: var(--blue); font-size: 17px; font-weight: 700; }
header.failed .icon { background: var(--red-back); color: var(--red); }
header.attention .icon, header.incomplete .icon { background: var(--amber-back); color: var(--amber); }
header.unchanged .icon { background: var(--green-back); color: var(--green); }
.total { font-size: 16px; }
.facts, .faint, .result { color: var(--faint); }

.part, .errors, .changes { margin: 0 0 14px; border: 1px solid var(--line); border-radius: 8px; background: var(--back); }
.errors { padding: 12px 16px; border-color: var(--red); }
.part > summary { display: flex; align-items: center; gap: 8px; padding: 10px 16px; cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
.part > summary::before { content: "▸"; color: var(--faint); }
.part[open] > summary::before { content: "▾"; }
.part > :not(summary) { padding: 0 16px 12px; }
.part .part { margin: 10px 0 0; }
.count { padding: 0 8px; border-radius: 10px; background: var(--shade); color: var(--faint); font-size: 13px; }
.risks li, .notes li { padding: 7px 0; border-top: 1px solid var(--line); }
.risks li:first-child, .notes li:first-child { border-top: 0; }
.risks .message { display: block; color: var(--faint); }

.chip { display: inline-block; padding: 0 8px; border-radius: 10px; background: var(--shade); color: var(--faint); font-size: 12px; line-height: 20px; font-weight: 600; border: 1px solid var(--line); }
.chip.high { background: var(--red-back); color: var(--red); border-color: transparent; }
.chip.medium { background: var(--amber-back); color: var(--amber); border-color: transparent; }
.chip.low { background: var(--blue-back); color: var(--blue); border-color: transparent; }

.legend { display: flex; flex-wrap: wrap; gap: 4px 14px; padding: 0 0 8px; font-size: 13px; color: var(--faint); }
.legend li::before { content: ""; display: inline-block; width: 12px; height: 12px; margin-right: 5px; border-radius: 3px; border: 1.5px solid var(--tone, var(--line)); background: var(--tone-back, var(--back)); vertical-align: -1px; }
.graph, .table { max-height: 60vh; overflow: auto; }
.graph { border: 1px solid var(--line); border-radius: 6px; background: var(--shade); }
.graph svg { display: block; }
.node rect { fill: var(--tone-back, var(--back)); stroke: var(--tone, var(--line)); stroke-width: 1.5; }
.node text { fill: var(--text); font: 600 12px system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif; }
.node .words { fill: var(--tone, var(--faint)); font-weight: 500; }
.node:hover rect { stroke-width: 2.5; }
.node.waits rect, .node.failed rect { stroke-dasharray: 5 3; }
.edge { fill: none; stroke: var(--faint); stroke-width: 1.2; opacity: .75; }
.tip { fill: var(--faint); }
.create { --tone: var(--green); --tone-back: var(--green-back); }
.update, .forget, .unknown { --tone: var(--amber); --tone-back: var(--amber-back); }
.delete, .replace, .failed { --tone: var(--red); --tone-back: var(--red-back); }
.drift, .none { --tone: var(--blue); --tone-back: var(--blue-back); }
.legend .none, .node.none { --tone: var(--faint); --tone-back: var(--back); }
.waits { --tone: var(--faint); --tone-back: var(--shade); }
table { border-collapse: collapse; font-size: 14px; }
th, td { padding: 5px 12px 5px 0; text-align: left; vertical-align: top; border-top: 1px solid var(--line); }
thead th { border-top: 0; color: var(--faint); font-weight: 500; }
td:nth-child(2) { color: var(--tone, inherit); white-space: nowrap; }

.changes > h2 { padding: 12px 16px 0; }
.filters { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: 8px 10px; align-items: end; padding: 10px 16px; background: var(--back); border-bottom: 1px solid var(--line); border-radius: 8px 8px 0 0; }
.filters label { display: grid; gap: 2px; flex: 1 1 110px; min-width: 0; font-size: 13px; color: var(--faint); }
.filters label.text { flex: 3 1 240px; }
.filters select, .filters input { width: 100%; min-width: 0; color: var(--text); font-size: 15px; }
.filters input::placeholder { color: var(--faint); opacity: 1; }
.buttons { display: flex; flex-wrap: wrap; gap: 6px; }
.result { padding: 8px 16px 0; margin: 0; }
.stack { padding: 12px 16px 4px; content-visibility: auto; contain-intrinsic-size: auto 400px; }
.stack h3 { padding-bottom: 6px; }
.stack h3 .words { color: var(--faint); font-weight: 400; }
.row { position: relative; border: 1px solid var(--line); border-left: 4px solid var(--tone, var(--line)); border-radius: 6px; margin-bottom: 6px; content-visibility: auto; contain-intrinsic-size: auto 38px; overflow: clip; }
.row summary { display: flex; flex-wrap: wrap; gap: 2px 10px; align-items: baseline; padding: 7px 40px 7px 10px; cursor: pointer; list-style: none; }
.row summary:hover { background: var(--shade); }
.row summary:focus-visible { outline-offset: -2px; }
.what { flex: none; width: 84px; color: var(--tone, var(--text)); font-size: 13px; font-weight: 600; }
.mark { display: inline-block; width: 16px; font-weight: 700; }
.address { min-width: 0; font-size: 13px; }
.chips { display: flex; flex-wrap: wrap; gap: 4px; }
.link { position: absolute; top: 0; right: 0; padding: 7px 12px; text-decoration: none; }
.row.target { box-shadow: 0 0 0 2px var(--focus); }
.body { padding: 4px 10px 10px; border-top: 1px solid var(--line); }
.body .risk.high b { color: var(--red); }
.body .risk.medium b { color: var(--amber); }
.diff { margin-top: 6px; border-radius: 6px; background: var(--shade); overflow: clip; padding: 6px 0; }
.line { padding: 0 10px 0 28px; text-indent: -18px; white-space: pre-wrap; overflow: clip; }
.line.text { padding-left: 46px; }
.sign { display: inline-block; width: 18px; text-indent: 0; user-select: none; }
.line.added { background: var(--green-back); }
.line.removed { background: var(--red-back); }
.added .sign { color: var(--green); }
.removed .sign { color: var(--red); }
.line mark { color: inherit; border-radius: 3px; }
.added mark { background: var(--green-mark); }
.removed mark { background: var(--red-mark); }
.path { color: var(--faint); }
.added .path, .removed .path { color: inherit; }
.forces { color: var(--red); font-weight: 600; }
.diff button { margin: 6px 10px 0; text-indent: 0; }
.more { display: block; margin: 4px auto 16px; }

@media (max-width: 640px) {
  main { padding: 14px 10px 48px; }
  h1 { font-size: 19px; }
  .filters { position: static; padding: 10px; }
  .filters label { flex-basis: 44%; }
  .filters label.text { flex-basis: 100%; }
  .stack, .changes > h2, .result { padding-left: 10px; padding-right: 10px; }
  .part > summary, .part > :not(summary) { padding-left: 10px; padding-right: 10px; }
  .address { flex-basis: 100%; }
  .line { padding-right: 6px; }
}
@media print { .filters, .link, .graph { display: none; } }
`;
