import { createHash } from "node:crypto";
import { type AlbResponse, response } from "./alb";

/** Where the page asks to be woken, on the preview's own address. */
export const WAKE_PATH = "/.groundplan/wake";

/** The header without which nothing is woken: a form or a link of another site cannot send it. */
export const WAKE_HEADER = "x-groundplan-wake";

const STYLE = `:root{color-scheme:light dark;--text:#1f2328;--faint:#59636e;--back:#fff;--line:#d1d9e0;--blue:#0550ae}
@media(prefers-color-scheme:dark){:root{--text:#f0f6fc;--faint:#9ea7b1;--back:#0d1117;--line:#3d444d;--blue:#79c0ff}}
body{margin:0;display:grid;place-items:center;min-height:100vh;background:var(--back);color:var(--text);font:16px/1.5 system-ui,sans-serif}
main{max-width:34rem;padding:24px;overflow-wrap:anywhere}h1{font-size:22px}p{color:var(--faint)}
button{font:inherit;padding:8px 18px;border:1px solid var(--line);border-radius:6px;background:var(--back);color:var(--blue);cursor:pointer}
progress{width:100%}pre{white-space:pre-wrap}`;

/** Asks to be woken until it is awake, and loads the address anew then. */
const SCRIPT = `(() => {
const button = document.querySelector("button"), says = document.querySelector("[role=status]"), bar = document.querySelector("progress");
button.hidden = false;
button.addEventListener("click", () => { button.hidden = true; bar.hidden = false; ask(); });
async function ask() {
  let pause = 3000;
  try {
    const answer = await fetch("${WAKE_PATH}", { method: "POST", headers: { "${WAKE_HEADER}": "1" } });
    const known = (answer.headers.get("content-type") || "").startsWith("application/json") ? await answer.json() : undefined;
    // Not JSON, or without our words: the preview itself answers.
    if (!known || known.format !== "groundplan-wake" || known.isAwake) { says.textContent = "It is awake."; setTimeout(() => location.reload(), 1500); return; }
    says.textContent = "Waking: " + known.says + ".";
    if (known.of) { bar.max = known.of; bar.value = known.done; }
    if (known.kind === "refuse") { says.textContent = "It cannot be woken: " + known.says + "."; bar.hidden = true; return; }
  } catch { pause = 6000; }
  setTimeout(ask, pause);
}
})();`;

const hash = (text: string) => `sha256-${createHash("sha256").update(text).digest("base64")}`;

const POLICY = [
  "default-src 'none'",
  `script-src '${hash(SCRIPT)}'`,
  `style-src '${hash(STYLE)}'`,
  "connect-src 'self'",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/**
 * The page that stands at a sleeping preview's address. It says 503, so that no crawler or cache takes it for the
 * preview.
 *
 * @param host - `<name>.<domain>`, checked: lower-case letters, digits, dots and hyphens.
 */
export function sleepingPage(host: string): AlbResponse {
  const name = host.slice(0, host.indexOf("."));
  const body = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>${name} is asleep</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${name} is asleep</h1>
<p>Nobody used it for a while, so its tasks do not run and cost nothing. It takes a minute or two to wake, and some more with a database of its own.</p>
<button type="button" hidden>Wake it</button>
<progress hidden aria-label="How far it is"></progress>
<p role="status"></p>
<noscript><p>Without JavaScript, wake it by:</p><pre>curl -X POST -H '${WAKE_HEADER}: 1' https://${host}${WAKE_PATH}</pre></noscript>
</main>
<script>${SCRIPT}</script>
</body>
</html>
`;
  return response(503, "text/html; charset=utf-8", body, {
    "content-security-policy": POLICY,
    "retry-after": "120",
  });
}
