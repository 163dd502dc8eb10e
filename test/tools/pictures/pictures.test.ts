import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { MOST_BYTES } from "../../../tools/pictures/browser.mjs";
import { commentPage } from "../../../tools/pictures/comment.mjs";
import { screenOf, terminalPage } from "../../../tools/pictures/terminal.mjs";

const ROOT = join(__dirname, "..", "..", "..");

/** Paths of the pictures that a page shows from the repository. */
function picturesOf(page: string): readonly string[] {
  const found = page.matchAll(/(?:src|srcset)="(?!https?:)([^"]+)"|!\[[^\]]*\]\((?!https?:)([^)]+)\)/g);
  return [...found].map(([, inTag = "", inMarkdown]) => inMarkdown ?? inTag);
}

/** Pictures of a page that are missing, or larger than a picture may be. */
function faultyPictures(page: string, folder = ""): readonly string[] {
  return picturesOf(page).filter((path) => {
    const file = join(ROOT, folder, path);
    return !existsSync(file) || statSync(file).size >= MOST_BYTES;
  });
}

describe("the README's pictures", () => {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");

  test("are there, of both colour schemes, and each has less than 200 kB", () => {
    expect([...new Set(picturesOf(readme))].sort()).toEqual(
      ["comment-dark", "comment-light", "start-dark", "start-light"].map(
        (name) => `docs/pictures/${name}.png`,
      ),
    );
    expect(faultyPictures(readme)).toEqual([]);
  });

  test("planted faults: a picture that is not there, and a file that is too large, are found", () => {
    expect(faultyPictures('<img src="docs/pictures/gone.png"> ![x](package-lock.json)')).toEqual([
      "docs/pictures/gone.png",
      "package-lock.json",
    ]);
  });

  test("say in words what they show", () => {
    expect(readme.match(/<img(?![^>]*alt="[^"]{20,}")[^>]*>/g)).toBeNull();
  });
});

test("docs/report.md shows the page in both colour schemes, each in less than 200 kB, and says what it shows", () => {
  const page = readFileSync(join(ROOT, "docs", "report.md"), "utf8");
  expect(picturesOf(page)).toEqual(["pictures/report-dark.png", "pictures/report-light.png"]);
  expect(faultyPictures(page, "docs")).toEqual([]);
  expect(page.match(/<img(?![^>]*alt="[^"]{20,}")[^>]*>/g)).toBeNull();
});

const MARKDOWN = `<!-- groundplan -->
## 📝 Plan: 1 stack will change

| stack | \`dev\` |
|---|---|
| \`network\` | +36 |

<details><summary>network</summary>

\`\`\`diff
+ memory_size = 512
- memory_size = 256
\`\`\`

</details>

<details><summary>api</summary>folded</details>
`;

test("the page of a comment has its table, the colours of a diff, and one part unfolded", () => {
  const page = commentPage(MARKDOWN, "memory_size");
  expect(page).toContain("<td>+36</td>");
  expect(page).toContain('<span class="added">+ memory_size = 512</span>');
  expect(page).toContain('<span class="removed">- memory_size = 256</span>');
  expect(page.match(/<details[^>]*>/g)).toEqual(["<details open>", "<details>"]);
  expect(page).not.toContain("<!-- groundplan");
});

test("the page of a terminal has what stands there in the end, in its colours", async () => {
  // A list that is drawn anew, as on a terminal: up a line, erased, written again.
  const output =
    "\r\nPlan dev\r\n\u001b[1A\u001b[2K\u001b[32m✔\u001b[39m Plan dev: <72> changes\r\n\u001b[1mDone\u001b[22m\r\n\r\n";
  expect(await screenOf(output)).toEqual([
    '<span class="c2">✔</span> Plan dev: &lt;72&gt; changes',
    '<span class="bold">Done</span>',
  ]);
  const page = await terminalPage("npm start", output, 1);
  expect(page).toContain("$ <b>npm start</b>");
  expect(page).toContain('changes\n<span class="dim">…</span></pre>');
});
