import { BASE_STYLE } from "../../page/style";

/** How the dashboard looks: a table, and cards on a phone. */
export const STYLE = `${BASE_STYLE}
header { padding-bottom: 14px; }
.faint, .result, time, .source { color: var(--faint); }
.previews { border: 1px solid var(--line); border-radius: 8px; }
.filters { display: flex; flex-wrap: wrap; gap: 8px 10px; align-items: end; padding: 10px 16px; border-bottom: 1px solid var(--line); }
.filters label { display: grid; gap: 2px; flex: 1 1 110px; min-width: 0; font-size: 13px; color: var(--faint); }
.filters label.text { flex: 3 1 220px; }
.filters select, .filters input { width: 100%; min-width: 0; color: var(--text); font-size: 15px; }
.filters input::placeholder { color: var(--faint); opacity: 1; }
.result { padding: 8px 16px; margin: 0; }
table { width: 100%; border-collapse: collapse; font-size: 14px; }
th, td { padding: 8px 8px; text-align: left; vertical-align: top; border-top: 1px solid var(--line); font-weight: 400; }
th:first-child { padding-left: 16px; }
thead th { color: var(--faint); font-weight: 500; white-space: nowrap; }
.name { display: block; font-weight: 600; }
.source, .failure, time { display: block; font-size: 12.5px; }
.failure { color: var(--red); white-space: pre-wrap; }
.left { display: block; white-space: nowrap; }
td[data-column^="A "] { white-space: nowrap; }
.left.gone { color: var(--red); font-weight: 600; }
.left.soon { color: var(--amber); font-weight: 600; }
.history { font-size: 12.5px; }
.history summary { width: fit-content; cursor: pointer; color: var(--link); }
.history ol { margin: 4px 0 0; padding-left: 18px; color: var(--faint); }
.chip { display: inline-block; padding: 0 8px; border-radius: 10px; border: 1px solid var(--line); background: var(--shade); color: var(--faint); font-size: 12px; line-height: 20px; font-weight: 600; white-space: nowrap; }
.chip.green { background: var(--green-back); color: var(--green); border-color: transparent; }
.chip.blue { background: var(--blue-back); color: var(--blue); border-color: transparent; }
.chip.amber { background: var(--amber-back); color: var(--amber); border-color: transparent; }
.chip.red { background: var(--red-back); color: var(--red); border-color: transparent; }

@media (max-width: 820px) {
  main { padding: 14px 10px 48px; }
  .filters { padding: 10px; }
  .filters label { flex-basis: 44%; }
  .filters label.text { flex-basis: 100%; }
  .result { padding: 8px 10px; }
  table, tbody, tr, th, td { display: block; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tbody tr { padding: 8px 0; border-top: 1px solid var(--line); }
  tbody th, tbody td { padding: 3px 10px; border: 0; }
  tbody th:first-child { padding-left: 10px; }
  td { display: grid; grid-template-columns: 88px 1fr; }
  td::before { content: attr(data-column); color: var(--faint); }
}
@media print { .filters { display: none; } }
`;
