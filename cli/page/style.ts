/** How every page of Groundplan looks: its colours in both schemes, its type, and what can be pressed. */
export const BASE_STYLE = `
:root {
  color-scheme: light dark;
  --text: #1f2328; --faint: #59636e; --line: #d1d9e0; --back: #ffffff; --shade: #f6f8fa; --link: #0550ae;
  --red: #a40e26; --red-back: #ffebe9; --red-mark: #ffc1bc; --green: #0f5323; --green-back: #dafbe1; --green-mark: #9be9a8;
  --amber: #7a4b00; --amber-back: #fff3d1; --blue: #0550ae; --blue-back: #ddf4ff; --focus: #0969da;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #f0f6fc; --faint: #9ea7b1; --line: #3d444d; --back: #0d1117; --shade: #151b23; --link: #79c0ff;
    --red: #ffa198; --red-back: #3a1a1d; --red-mark: #7d2a2f; --green: #7ee787; --green-back: #12301d; --green-mark: #1f6a35;
    --amber: #e3b341; --amber-back: #33270a; --blue: #79c0ff; --blue-back: #10243e; --focus: #58a6ff;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 5rem; }
body { margin: 0; background: var(--back); color: var(--text); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif; overflow-wrap: anywhere; }
main { max-width: 1180px; margin: 0 auto; padding: 20px 16px 64px; }
a { color: var(--link); text-underline-offset: 2px; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 1px; border-radius: 4px; }
code, pre, kbd, .diff { font: 12.5px/1.55 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
h1 { display: flex; gap: 10px; margin: 0; font-size: 22px; line-height: 1.3; font-weight: 600; }
h2, h3 { margin: 0; font-size: 16px; font-weight: 600; }
h3 { font-size: 14px; }
p { margin: 4px 0; }
ul { margin: 0; padding: 0; list-style: none; }
pre { margin: 6px 0; padding: 10px 12px; border-radius: 6px; background: var(--shade); white-space: pre-wrap; }
button, select, input { font: inherit; color: inherit; background: var(--back); border: 1px solid var(--line); border-radius: 6px; padding: 5px 10px; min-height: 34px; }
button { background: var(--shade); cursor: pointer; }
button:hover { border-color: var(--faint); }
kbd { padding: 0 5px; border: 1px solid var(--line); border-radius: 4px; color: var(--faint); }
noscript p { padding: 16px; }
`;
