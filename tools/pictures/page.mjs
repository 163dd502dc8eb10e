// A page that looks like the place where its content is read: GitHub, or a terminal.

const COLORS = `
  :root { --text: #1f2328; --muted: #59636e; --border: #d1d9e0; --back: #ffffff; --shade: #f6f8fa; --link: #0969da;
    --red: #cf222e; --green: #116329; --yellow: #9a6700; --blue: #0550ae; --magenta: #8250df; --cyan: #1b7c83; }
  @media (prefers-color-scheme: dark) { :root { --text: #f0f6fc; --muted: #9198a1; --border: #3d444d; --back: #0d1117;
    --shade: #151b23; --link: #4493f8; --red: #ff7b72; --green: #3fb950; --yellow: #d29922; --blue: #79c0ff;
    --magenta: #d2a8ff; --cyan: #56d4dd; } }`;

const STYLE = `${COLORS}
  * { box-sizing: border-box; }
  body { margin: 0; background: transparent; color: var(--text); }
  main { width: 860px; border: 1px solid var(--border); border-radius: 6px; background: var(--back); overflow: hidden; }
  header { padding: 8px 16px; border-bottom: 1px solid var(--border); background: var(--shade); color: var(--muted); font: 14px/1.5 "Noto Sans", "DejaVu Sans", sans-serif; }
  header b { color: var(--text); }
  /* A long report goes on below its picture. */
  .comment { max-height: 980px; overflow: hidden; padding: 16px; font: 14px/1.5 "Noto Sans", "DejaVu Sans", sans-serif; }
  .comment h2 { margin: 0 0 12px; padding-bottom: 6px; border-bottom: 1px solid var(--border); font-size: 20px; }
  .comment h3 { margin: 16px 0 8px; font-size: 16px; }
  .comment p, .comment ul, .comment table, .comment details, .comment blockquote, .comment pre { margin: 0 0 12px; }
  .comment ul { padding-left: 24px; }
  .comment a { color: var(--link); text-decoration: none; }
  .comment table { border-collapse: collapse; }
  .comment th, .comment td { padding: 5px 12px; border: 1px solid var(--border); text-align: left; }
  .comment tr:nth-child(2n) { background: var(--shade); }
  .comment code { padding: 2px 5px; border-radius: 5px; background: color-mix(in srgb, var(--muted) 18%, transparent); }
  code, pre { font: 12px/1.45 "DejaVu Sans Mono", monospace; }
  .comment pre { padding: 12px; border-radius: 6px; background: var(--shade); overflow: hidden; }
  .comment pre code { padding: 0; background: none; }
  .comment blockquote { padding-left: 12px; border-left: 4px solid var(--border); color: var(--muted); }
  .comment hr { border: 0; border-top: 1px solid var(--border); }
  .terminal { margin: 0; padding: 14px 16px; white-space: pre; }
  .added { color: var(--green); } .removed { color: var(--red); }
  .bold { font-weight: 700; } .dim { color: var(--muted); }
  .c1 { color: var(--red); } .c2 { color: var(--green); } .c3 { color: var(--yellow); } .c4 { color: var(--blue); }
  .c5 { color: var(--magenta); } .c6 { color: var(--cyan); } .c8 { color: var(--muted); }`;

/**
 * @param {string} header - HTML.
 * @param {string} content - HTML.
 */
export function page(header, content) {
  return `<!doctype html><meta charset="utf-8"><style>${STYLE}</style><main><header>${header}</header>${content}</main>`;
}

/** @param {string} text */
export function escapeHtml(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
